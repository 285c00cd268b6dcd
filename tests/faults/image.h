/* A store's file as a disk may have it after the power went: a directory with nothing but that
 * file, to be opened for reading. */
#pragma once

#include "support/random.h"

void image_make_directory(const char *path);
/* Of each page that differs between the two directories' files one of both, drawn. Makes `to`. */
void image_tear(rl_random *random, const char *newest, const char *durable, const char *to);
