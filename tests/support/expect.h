/* What must hold in a plain test program, in every build: says where it does not, and ends. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#define EXPECT(condition)                                                             \
  do {                                                                                \
    if (!(condition)) {                                                               \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);   \
      exit(1);                                                                        \
    }                                                                                 \
  } while (0)
