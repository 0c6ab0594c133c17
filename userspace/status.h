/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NATCTL_STATUS_H
#define NATCTL_STATUS_H

/* natctl without arguments */
int status_command(void);

#endif /* NATCTL_STATUS_H */
