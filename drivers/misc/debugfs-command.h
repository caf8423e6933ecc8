/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DEBUGFS_COMMAND_H
#define _DEBUGFS_COMMAND_H

#include <linux/cleanup.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * debugfs_command() - write() of files in debugfs that take a command each
 * @file: the file, its name says what is asked for
 * @ubuf: what was written to it
 * @len: bytes of that
 * @run: what to do, it gets the name and what was written without white space
 *	 around it
 *
 * Context: Process context.
 * Return: @len, or an error: -E2BIG for what is too long, or that of @run.
 */
static inline ssize_t debugfs_command(struct file *file, const char __user *ubuf, size_t len,
				      int (*run)(const char *name, char *cmd))
{
	char *cmd __free(kfree) = NULL;
	int ret;

	if (len > 128)
		return -E2BIG;

	cmd = memdup_user_nul(ubuf, len);
	if (IS_ERR(cmd))
		return PTR_ERR(cmd);

	ret = run(file->f_path.dentry->d_name.name, strim(cmd));

	return ret ?: len;
}

#endif /* _DEBUGFS_COMMAND_H */
