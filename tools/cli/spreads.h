/* The board, now and as it was. */
#pragma once

#include "cli.h"

/* Prints the answer to a request for spreads as a table. */
void rl_spreads_print(rl_view answer);

/* spreads_at.c: the board at an instant as typed, of the tape. */
rl_exit rl_spreads_at(const rl_cli *cli, const rl_request *request, const char *when);
