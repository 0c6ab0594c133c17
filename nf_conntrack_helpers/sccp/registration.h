/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NF_ALG_SCCP_REGISTRATION_H
#define NF_ALG_SCCP_REGISTRATION_H

#include "layout.h"
#include "session.h"

/**
 * struct sccp_session - the module's part of a connection
 * @channels: what is open on it, struct sccp_channel, newest first
 * @count: how many
 * @offered: version the phone has offered
 * @dialect: what is known of the layouts
 * @registered: the phone has registered here
 * @answered: and the server has accepted
 * @begun: BIT(direction) of each side that has sent a message
 * @foreign: the first message was none of this protocol's
 * @extended: when the calls were last given more time, in jiffies
 * @minute: when the minute began in which messages are counted, in jiffies
 * @messages: how many came since
 *
 * Under the session's lock.
 */
struct sccp_session {
	struct hlist_head channels;
	u16 count;
	u8 offered;
	struct sccp_dialect dialect;
	bool registered;
	bool answered;
	u8 begun;
	bool foreign;
	unsigned long extended;
	unsigned long minute;
	u32 messages;
};

/**
 * sccp_session_register() - a phone registers
 * @session: session
 * @body: body of its message
 * @len: its length in bytes
 *
 * What was known of the connection before is forgotten.
 */
void sccp_session_register(struct sccp_session *session, const u8 *body,
			   u32 len);

/**
 * sccp_session_registered() - the server has accepted
 * @session: session
 * @body: body of its message
 * @len: its length in bytes
 */
void sccp_session_registered(struct sccp_session *session, const u8 *body,
			     u32 len);

/**
 * sccp_session_listens() - does the phone name its port once for all calls
 * @session: session
 *
 * It does so toward a CallManager 2. The phone may name it before the server
 * has answered: then the phone's own age tells.
 *
 * Return: true if it does.
 */
bool sccp_session_listens(const struct sccp_session *session);

#endif /* NF_ALG_SCCP_REGISTRATION_H */
