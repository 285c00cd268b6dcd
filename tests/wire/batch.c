/* Messages as a whole: batches, envelopes, lengths, and what is not a message at all. */
#include "pack_text.h"
#include "status/limits.h"
#include "wire/request.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct opened {
  bool good;
  bool batch;
  uint32_t count;
  rl_unpacker unpacker;
  rl_fault fault;
} opened;

static opened open_message(const void *bytes, size_t size)
{
  opened out = {0};
  out.good = rl_requests_open(bytes, size, &out.unpacker, &out.count, &out.batch, &out.fault);
  return out;
}

static void expect_unopened(const char *text, rl_refusal refusal)
{
  packed message = pack_text(text);
  opened open = open_message(message.bytes, message.size);
  cr_expect_not(open.good, "%s", text);
  cr_expect_eq(open.fault.refusal, refusal, "%s", text);
  cr_expect_str_eq(open.fault.path, "");
}

Test(wire, a_map_is_one_request_and_an_array_a_batch)
{
  packed one = pack_text("{'op':'ping'}"), batch = pack_text("[{'op':'ping'}]");
  opened open = open_message(one.bytes, one.size);
  cr_expect(open.good && !open.batch && open.count == 1);
  open = open_message(batch.bytes, batch.size);
  cr_expect(open.good && open.batch && open.count == 1);
}

Test(wire, an_empty_batch_has_nothing_to_answer)
{
  packed empty = pack_text("[]");
  opened open = open_message(empty.bytes, empty.size);
  cr_expect(open.good && open.batch && open.count == 0);
  cr_expect(rl_requests_close(&open.unpacker, &open.fault));
}

Test(wire, what_is_no_map_and_no_array_is_malformed)
{
  expect_unopened("7", RL_REFUSAL_MALFORMED_REQUEST);
  expect_unopened("'ping'", RL_REFUSAL_MALFORMED_REQUEST);
  expect_unopened("nil", RL_REFUSAL_MALFORMED_REQUEST);
  expect_unopened("x'c1'", RL_REFUSAL_MALFORMED_REQUEST);
  opened open = open_message("", 0);
  cr_expect(!open.good && open.fault.refusal == RL_REFUSAL_MALFORMED_REQUEST);
}

Test(wire, the_five_byte_bomb_is_malformed)
{
  expect_unopened("x'dd ff000000'", RL_REFUSAL_MALFORMED_REQUEST);
  expect_unopened("x'df ff000000'", RL_REFUSAL_MALFORMED_REQUEST);
}

Test(wire, an_envelope_is_refused_as_unsupported)
{
  expect_unopened("x'd4 01 00'", RL_REFUSAL_UNSUPPORTED);
  expect_unopened("x'c7 03 01 000000'", RL_REFUSAL_UNSUPPORTED);
  expect_unopened("x'c7 04 01 000000'", RL_REFUSAL_MALFORMED_REQUEST); /* cut short */
}

Test(wire, a_batch_is_taken_up_to_its_limit)
{
  static uint8_t bytes[RL_BATCH_MAX + 8];
  for (uint32_t count = RL_BATCH_MAX; count <= RL_BATCH_MAX + 1; count++) {
    rl_writer writer = rl_writer_over(bytes, sizeof bytes);
    rl_pack_array(&writer, count);
    for (uint32_t i = 0; i < count; i++)
      rl_pack_map(&writer, 0);
    opened open = open_message(bytes, writer.used);
    cr_expect_eq(open.good, count == RL_BATCH_MAX);
    cr_expect(open.good || open.fault.refusal == RL_REFUSAL_TOO_LARGE);
  }
}

Test(wire, a_message_is_taken_up_to_its_limit)
{
  static uint8_t bytes[RL_MESSAGE_MAX + 1];
  for (size_t size = RL_MESSAGE_MAX; size <= RL_MESSAGE_MAX + 1; size++) {
    rl_writer writer = rl_writer_over(bytes, size);
    rl_pack_map(&writer, 2);
    rl_pack_text(&writer, "op");
    rl_pack_text(&writer, "ping");
    rl_pack_text(&writer, "x");
    static uint8_t filling[RL_MESSAGE_MAX];
    rl_pack_binary(&writer, filling, size - writer.used - 5);
    cr_assert_eq(writer.used, size);
    opened open = open_message(bytes, size);
    cr_expect_eq(open.good, size == RL_MESSAGE_MAX);
    cr_expect(open.good || open.fault.refusal == RL_REFUSAL_TOO_LARGE);
    rl_request request;
    if (open.good)
      cr_expect(rl_request_next(&open.unpacker, &request, &open.fault) &&
                rl_requests_close(&open.unpacker, &open.fault));
  }
}

Test(wire, a_refused_item_leaves_its_neighbours_alone)
{
  packed message = pack_text("[{'op':'ping'},{'op':'quote','amount':0,'x':[{'a':1}]},7,[[1]],"
                             "{'op':'fly','pairs':[1,[2]]},x'd4 01 00',{'op':'stats'}]");
  static const rl_refusal expected[] = {
    RL_REFUSAL_NONE,          RL_REFUSAL_MISSING_FIELD, RL_REFUSAL_INVALID_FIELD,
    RL_REFUSAL_INVALID_FIELD, RL_REFUSAL_UNSUPPORTED,   RL_REFUSAL_INVALID_FIELD,
    RL_REFUSAL_NONE,
  };
  opened open = open_message(message.bytes, message.size);
  cr_assert(open.good && open.count == 7);
  for (unsigned i = 0; i < 7; i++) {
    rl_request request;
    rl_fault fault = {0};
    bool taken = rl_request_next(&open.unpacker, &request, &fault);
    cr_expect_eq(taken, expected[i] == RL_REFUSAL_NONE, "item %u", i);
    cr_expect_eq(fault.refusal, expected[i], "item %u: %s", i, rl_refusal_name(fault.refusal));
  }
  cr_expect(rl_requests_close(&open.unpacker, &open.fault));
}

Test(wire, an_unreadable_item_ends_the_batch)
{
  packed message = pack_text("[{'op':'ping'},{'op':'ping','x':x'dd ffffffff'},{'op':'ping'}]");
  opened open = open_message(message.bytes, message.size);
  rl_request request;
  rl_fault fault;
  cr_assert(open.good);
  cr_expect(rl_request_next(&open.unpacker, &request, &fault));
  for (int i = 0; i < 2; i++) {
    cr_expect_not(rl_request_next(&open.unpacker, &request, &fault));
    cr_expect_eq(fault.refusal, RL_REFUSAL_MALFORMED_REQUEST);
  }
  cr_expect_not(rl_requests_close(&open.unpacker, &fault));
  cr_expect_eq(fault.refusal, RL_REFUSAL_MALFORMED_REQUEST);
}

Test(wire, bytes_left_over_are_malformed)
{
  packed message = pack_text("{'op':'ping'}");
  message.bytes[message.size++] = 0xc0;
  opened open = open_message(message.bytes, message.size);
  rl_request request;
  rl_fault fault;
  cr_assert(open.good && rl_request_next(&open.unpacker, &request, &fault));
  cr_expect_not(rl_requests_close(&open.unpacker, &fault));
  cr_expect_eq(fault.refusal, RL_REFUSAL_MALFORMED_REQUEST);
}
