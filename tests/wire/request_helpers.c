#include "request_helpers.h"

#include "pack_text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

bool decode_in_place(const uint8_t *bytes, size_t size, rl_request *out, rl_fault *fault)
{
  rl_unpacker unpacker;
  uint32_t count;
  bool batch;
  return rl_requests_open(bytes, size, &unpacker, &count, &batch, fault) && !batch &&
         rl_request_next(&unpacker, out, fault) && rl_requests_close(&unpacker, fault);
}

bool decode_request(const void *bytes, size_t size, rl_request *out, rl_fault *fault)
{
  uint8_t *exact = malloc(size ? size : 1);
  memcpy(exact, bytes, size);
  memset(fault, 0, sizeof *fault);
  bool taken = decode_in_place(exact, size, out, fault);
  free(exact);
  return taken;
}

void expect_refused(const char *text, rl_refusal refusal, const char *path)
{
  packed message = pack_text(text);
  rl_request request;
  rl_fault fault;
  cr_assert_not(decode_request(message.bytes, message.size, &request, &fault), "taken: %s", text);
  cr_expect_eq(fault.refusal, refusal, "%s instead of %s: %s", rl_refusal_name(fault.refusal),
               rl_refusal_name(refusal), text);
  cr_expect_str_eq(fault.path, path, "%s", text);
  cr_expect_gt(strlen(fault.detail), 0, "%s", text);
}

rl_request expect_taken(const char *text)
{
  packed message = pack_text(text);
  rl_request request;
  rl_fault fault;
  cr_assert(decode_request(message.bytes, message.size, &request, &fault), "%s %s: %s: %s",
            rl_refusal_name(fault.refusal), fault.path, fault.detail, text);
  return request;
}
