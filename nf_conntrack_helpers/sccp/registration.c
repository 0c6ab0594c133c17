// SPDX-License-Identifier: GPL-2.0
/*
 * What a registration says about the layouts of a connection.
 *
 * A phone may speak different versions with different servers, so this is never
 * remembered for the phone.
 */
#include "registration.h"

#define SCCP_REGISTER_VERSION 40 /* u8, in bodies that reach so far */
#define SCCP_ACK_VERSION 16 /* u8, likewise */
#define SCCP_ACK_CM2 12 /* body of a CallManager 2 */

void sccp_session_register(struct sccp_session *session, const u8 *body,
			   u32 len)
{
	session->registered = true;
	session->answered = false;
	session->offered =
		len > SCCP_REGISTER_VERSION ? body[SCCP_REGISTER_VERSION] : 0;
	session->dialect.version = session->offered;
	session->dialect.cm2 = false;
}

void sccp_session_registered(struct sccp_session *session, const u8 *body,
			     u32 len)
{
	u8 version;

	session->answered = true;
	session->dialect.cm2 = len == SCCP_ACK_CM2;
	if (len <= SCCP_ACK_VERSION || !session->registered)
		return;
	/* Some servers write a letter there */
	version = body[SCCP_ACK_VERSION];
	if (version <= SCCP_VERSION_MAX)
		session->dialect.version = min(session->offered, version);
}

bool sccp_session_listens(const struct sccp_session *session)
{
	if (session->answered)
		return session->dialect.cm2;
	return session->registered && !session->offered;
}
