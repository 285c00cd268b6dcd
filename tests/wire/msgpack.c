/* The reader and the writer against msgpack-c, in both directions, and against bytes that lie. */
#include "msgpack_oracle.h"
#include "support/random.h"
#include "status/limits.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENTS 3000
#define DOCUMENT_MAX (1 << 19)
#define TEXT_MAX 70000 /* beyond 16 bits of length */

static uint8_t ours[DOCUMENT_MAX];
static char filler[TEXT_MAX];

/* A number around the places where encodings change width. */
static uint64_t edge_number(rl_random *random)
{
  unsigned bits = (unsigned)rl_random_below(random, 65);
  uint64_t edge = bits == 64 ? 0 : 1ull << bits;
  uint64_t number = edge + rl_random_below(random, 5) - 2;
  return rl_random_below(random, 2) ? -number : number;
}

static uint32_t edge_length(rl_random *random)
{
  static const uint32_t lengths[] = {0, 1, 5, 15, 16, 31, 32, 255, 256, 300, 65535, 65536};
  uint64_t most = rl_random_below(random, 50) == 0 ? 12 : 10;
  return lengths[rl_random_below(random, most)];
}

/* One random value, written by both; `depth` containers may still open. */
static void write_both(rl_random *random, rl_writer *writer, msgpack_packer *packer,
                       unsigned depth)
{
  uint64_t number = edge_number(random);
  uint32_t length = edge_length(random);
  switch (rl_random_below(random, depth > 0 ? 9 : 6)) {
  case 0:
    rl_pack_nil(writer);
    msgpack_pack_nil(packer);
    break;
  case 1:
    rl_pack_bool(writer, number & 1);
    number & 1 ? msgpack_pack_true(packer) : msgpack_pack_false(packer);
    break;
  case 2:
    rl_pack_u64(writer, number);
    msgpack_pack_uint64(packer, number);
    break;
  case 3:
    rl_pack_i64(writer, (int64_t)number);
    msgpack_pack_int64(packer, (int64_t)number);
    break;
  case 4:
    rl_pack_text_span(writer, filler, length);
    msgpack_pack_str(packer, length);
    msgpack_pack_str_body(packer, filler, length);
    break;
  case 5:
    rl_pack_binary(writer, filler, length);
    msgpack_pack_bin(packer, length);
    msgpack_pack_bin_body(packer, filler, length);
    break;
  case 6:
    length = (uint32_t)rl_random_below(random, 20);
    rl_pack_array(writer, length);
    msgpack_pack_array(packer, length);
    for (uint32_t i = 0; i < length; i++)
      write_both(random, writer, packer, depth - 1);
    break;
  default:
    length = (uint32_t)rl_random_below(random, 20);
    rl_pack_map(writer, length);
    msgpack_pack_map(packer, length);
    for (uint32_t i = 0; i < 2 * length; i++)
      write_both(random, writer, packer, depth > 2 ? 2 : depth - 1);
    break;
  }
}

Test(wire, writer_and_msgpack_c_write_the_same_bytes)
{
  rl_random random = rl_random_from(rl_test_seed("writer"));
  memset(filler, 'x', sizeof filler);
  for (int i = 0; i < DOCUMENTS; i++) {
    rl_writer writer = rl_writer_over(ours, sizeof ours);
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    write_both(&random, &writer, &packer, 2);
    if (!writer.failed) {
      cr_assert_eq(writer.used, buffer.size, "document %d", i);
      cr_assert(memcmp(ours, buffer.data, buffer.size) == 0, "document %d", i);
    }
    msgpack_sbuffer_destroy(&buffer);
  }
}

Test(wire, long_containers_have_the_widths_of_msgpack_c)
{
  static const uint32_t counts[] = {15, 16, 65535, 65536, 65537, UINT32_MAX};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    rl_writer writer = rl_writer_over(ours, sizeof ours);
    rl_pack_array(&writer, counts[i]);
    rl_pack_map(&writer, counts[i]);
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_array(&packer, counts[i]);
    msgpack_pack_map(&packer, counts[i]);
    cr_assert_eq(writer.used, buffer.size);
    cr_assert(memcmp(ours, buffer.data, buffer.size) == 0);
    msgpack_sbuffer_destroy(&buffer);
  }
}

/* One random scalar in any width that holds it, not only the shortest. */
static void write_any_width(rl_random *random, msgpack_packer *packer)
{
  uint64_t number = edge_number(random);
  switch (rl_random_below(random, 13)) {
  case 0: msgpack_pack_fix_uint8(packer, (uint8_t)number); break;
  case 1: msgpack_pack_fix_uint16(packer, (uint16_t)number); break;
  case 2: msgpack_pack_fix_uint32(packer, (uint32_t)number); break;
  case 3: msgpack_pack_fix_uint64(packer, number); break;
  case 4: msgpack_pack_fix_int8(packer, (int8_t)number); break;
  case 5: msgpack_pack_fix_int16(packer, (int16_t)number); break;
  case 6: msgpack_pack_fix_int32(packer, (int32_t)number); break;
  case 7: msgpack_pack_fix_int64(packer, (int64_t)number); break;
  case 8: msgpack_pack_float(packer, 1.5f); break;
  case 9: msgpack_pack_double(packer, (double)number); break;
  case 10: msgpack_pack_ext_with_body(packer, filler, 1ul << rl_random_below(random, 6), 7); break;
  case 11: msgpack_pack_ext_with_body(packer, filler, edge_length(random), -1); break;
  default: msgpack_pack_bin_with_body(packer, filler, edge_length(random)); break;
  }
}

static void write_tree(rl_random *random, msgpack_packer *packer, unsigned depth)
{
  uint64_t shape = rl_random_below(random, 4);
  uint32_t count = (uint32_t)rl_random_below(random, 6);
  if (depth == 0 || shape > 1) {
    write_any_width(random, packer);
  } else if (shape == 0) {
    msgpack_pack_array(packer, count);
    for (uint32_t i = 0; i < count; i++)
      write_tree(random, packer, depth - 1);
  } else {
    msgpack_pack_map(packer, count);
    for (uint32_t i = 0; i < count; i++) {
      msgpack_pack_str_with_body(packer, filler, i);
      write_tree(random, packer, depth - 1);
    }
  }
}

/* A random document by msgpack-c; the caller destroys it. */
static void write_document(rl_random *random, msgpack_sbuffer *buffer)
{
  msgpack_packer packer;
  msgpack_sbuffer_init(buffer);
  msgpack_packer_init(&packer, buffer, msgpack_sbuffer_write);
  write_tree(random, &packer, 5);
}

Test(wire, reader_and_msgpack_c_read_the_same_values)
{
  rl_random random = rl_random_from(rl_test_seed("reader"));
  memset(filler, 'y', sizeof filler);
  for (int i = 0; i < DOCUMENTS; i++) {
    msgpack_sbuffer buffer;
    write_document(&random, &buffer);
    msgpack_unpacked unpacked;
    cr_assert(oracle_read(buffer.data, buffer.size, &unpacked));
    rl_unpacker unpacker = rl_unpacker_over(buffer.data, buffer.size);
    cr_assert(oracle_agrees(&unpacker, &unpacked.data), "document %d", i);
    cr_assert(rl_unpack_done(&unpacker), "document %d", i);
    rl_unpacker skipper = rl_unpacker_over(buffer.data, buffer.size);
    cr_assert(rl_unpack_skip(&skipper, 5) && rl_unpack_done(&skipper), "document %d", i);
    msgpack_unpacked_destroy(&unpacked);
    msgpack_sbuffer_destroy(&buffer);
  }
}

/* Bytes that ask msgpack-c for memory by a 16 or 32 bit count: it believes them. */
static bool may_bomb(const uint8_t *bytes, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    if (bytes[i] >= 0xdc && bytes[i] <= 0xdf)
      return true;
  }
  return false;
}

Test(wire, damaged_documents_are_accepted_exactly_when_msgpack_c_accepts_them)
{
  rl_random random = rl_random_from(rl_test_seed("damage"));
  unsigned accepted = 0, refused = 0;
  for (int i = 0; i < DOCUMENTS; i++) {
    msgpack_sbuffer buffer;
    write_document(&random, &buffer);
    uint8_t *bytes = (uint8_t *)buffer.data;
    for (int flips = 0; flips < 3; flips++)
      bytes[rl_random_below(&random, buffer.size)] = (uint8_t)rl_random_next(&random);
    rl_unpacker unpacker = rl_unpacker_over(bytes, buffer.size);
    bool whole = rl_unpack_skip(&unpacker, 30) && rl_unpack_done(&unpacker);
    if (whole || !may_bomb(bytes, buffer.size)) {
      msgpack_unpacked unpacked;
      bool theirs = oracle_read(bytes, buffer.size, &unpacked);
      cr_assert_eq(whole, theirs, "document %d", i);
      if (theirs)
        msgpack_unpacked_destroy(&unpacked);
      accepted += whole;
      refused += !whole;
    }
    msgpack_sbuffer_destroy(&buffer);
  }
  cr_assert(accepted > 100 && refused > 100, "%u accepted, %u refused", accepted, refused);
}

Test(wire, no_document_survives_being_cut_short)
{
  rl_random random = rl_random_from(rl_test_seed("cut"));
  for (int i = 0; i < 300; i++) {
    msgpack_sbuffer buffer;
    write_document(&random, &buffer);
    size_t step = 1 + buffer.size / 500;
    for (size_t size = 0; size < buffer.size; size += step) {
      uint8_t *exact = malloc(size ? size : 1);
      memcpy(exact, buffer.data, size);
      rl_unpacker unpacker = rl_unpacker_over(exact, size);
      cr_assert_not(rl_unpack_skip(&unpacker, 5));
      cr_assert(unpacker.reader.failed);
      free(exact);
    }
    msgpack_sbuffer_destroy(&buffer);
  }
}

#define OVER(bytes) rl_unpacker_over(bytes, sizeof(bytes))

Test(wire, lengths_beyond_the_bytes_are_refused_before_they_are_believed)
{
  static const uint8_t bombs[][6] = {
    {0xdd, 0xff, 0, 0, 0},     /* 4,278,190,080 elements: the five-byte bomb */
    {0xdf, 0xff, 0, 0, 0},     /* pairs */
    {0xdb, 0xff, 0, 0, 0},     /* text */
    {0xc6, 0xff, 0, 0, 0},     /* binary */
    {0xc9, 0xff, 0xff, 0xff, 0xff, 1}, /* ext: one more than 32 bits with its type */
    {0xdc, 0, 4, 0, 0, 0},     /* one element more than bytes */
    {0xde, 0, 2, 0, 0, 0},     /* two pairs in three bytes */
    {0x83, 1, 2, 3, 4, 5},     /* three pairs in five bytes */
    {0x96, 1, 2, 3, 4, 5},     /* six elements in five */
    {0xa6, 1, 2, 3, 4, 5},     /* text of six bytes in five */
    {0xd9, 5, 'a', 'b', 'c'},  /* text one byte too long */
    {0xd8, 1, 2, 3},           /* fixed ext of 16 bytes */
    {0xc1},                    /* never used by the format */
  };
  for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
    rl_unpacker unpacker = OVER(bombs[i]);
    cr_expect_eq(rl_unpack_peek(&unpacker), RL_PACK_END, "bomb %zu", i);
    cr_expect_not(rl_unpack_skip(&unpacker, RL_DEPTH_MAX), "bomb %zu", i);
    cr_expect(unpacker.reader.failed, "bomb %zu", i);
  }
}

Test(wire, a_length_that_just_fits_is_believed)
{
  static const uint8_t array[] = {0xdc, 0, 3, 1, 2, 3};
  static const uint8_t map[] = {0xde, 0, 1, 1, 2};
  rl_unpacker unpacker = OVER(array);
  cr_expect(rl_unpack_skip(&unpacker, 1) && rl_unpack_done(&unpacker));
  unpacker = OVER(map);
  cr_expect(rl_unpack_skip(&unpacker, 1) && rl_unpack_done(&unpacker));
}

Test(wire, nesting_is_held_to_the_depth_given)
{
  uint8_t nested[RL_DEPTH_MAX + 1];
  memset(nested, 0x91, sizeof nested);
  nested[RL_DEPTH_MAX] = 0x90; /* RL_DEPTH_MAX + 1 levels */
  rl_unpacker unpacker = OVER(nested);
  cr_expect_not(rl_unpack_skip(&unpacker, RL_DEPTH_MAX));
  unpacker = OVER(nested);
  cr_expect(rl_unpack_skip(&unpacker, RL_DEPTH_MAX + 1));
  unpacker = rl_unpacker_over(nested + 1, RL_DEPTH_MAX);
  cr_expect(rl_unpack_skip(&unpacker, RL_DEPTH_MAX));
}

Test(wire, a_bomb_of_nested_arrays_ends_at_the_depth)
{
  static uint8_t nested[1 << 20];
  memset(nested, 0xdd, sizeof nested);
  rl_unpacker unpacker = OVER(nested);
  cr_expect_not(rl_unpack_skip(&unpacker, RL_DEPTH_MAX));
  memset(nested, 0x91, sizeof nested);
  unpacker = OVER(nested);
  cr_expect_not(rl_unpack_skip(&unpacker, RL_DEPTH_MAX));
}

/* Reads with the reader of one type; what it gave, or'ed together, goes to *given. */
static bool read_as(rl_unpacker *unpacker, rl_pack_type type, uint64_t *given)
{
  uint64_t natural = 9;
  int64_t integer = 9;
  uint32_t count = 9;
  bool truth = true;
  const char *text = "x";
  const uint8_t *bytes = (const uint8_t *)text;
  size_t size = 9;
  bool taken = false;
  *given = 0;
  if (type == RL_PACK_NIL)
    taken = rl_unpack_nil(unpacker);
  else if (type == RL_PACK_BOOL)
    taken = rl_unpack_bool(unpacker, &truth), *given = truth;
  else if (type == RL_PACK_UINT)
    taken = rl_unpack_u64(unpacker, &natural), *given = natural;
  else if (type == RL_PACK_INT)
    taken = rl_unpack_i64(unpacker, &integer), *given = (uint64_t)integer;
  else if (type == RL_PACK_TEXT)
    taken = rl_unpack_text(unpacker, &text, &size), *given = size | (uintptr_t)text;
  else if (type == RL_PACK_BINARY)
    taken = rl_unpack_binary(unpacker, &bytes, &size), *given = size | (uintptr_t)bytes;
  else if (type == RL_PACK_ARRAY)
    taken = rl_unpack_array(unpacker, &count), *given = count;
  else if (type == RL_PACK_MAP)
    taken = rl_unpack_map(unpacker, &count), *given = count;
  return taken;
}

Test(wire, each_reader_takes_its_own_type_alone)
{
  static const struct {
    rl_pack_type type;
    uint8_t bytes[2];
  } values[] = {{RL_PACK_NIL, {0xc0}},       {RL_PACK_BOOL, {0xc3}},     {RL_PACK_UINT, {7}},
                {RL_PACK_INT, {0xe0}},       {RL_PACK_TEXT, {0xa1}},     {RL_PACK_BINARY, {0xc4}},
                {RL_PACK_ARRAY, {0x91, 0}},  {RL_PACK_MAP, {0x80}},      {RL_PACK_EXT, {0xd4}},
                {RL_PACK_FLOAT, {0xca}}};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    for (rl_pack_type type = RL_PACK_NIL; type <= RL_PACK_MAP; type++) {
      if (type == RL_PACK_FLOAT) /* has no reader */
        continue;
      uint8_t bytes[8] = {values[i].bytes[0], values[i].bytes[1]};
      rl_unpacker unpacker = OVER(bytes);
      uint64_t given;
      bool taken = read_as(&unpacker, type, &given);
      bool natural_as_signed = values[i].type == RL_PACK_UINT && type == RL_PACK_INT;
      cr_expect_eq(taken, values[i].type == type || natural_as_signed, "%zu as %d", i, type);
      cr_expect_eq(unpacker.reader.failed, !taken, "%zu as %d", i, type);
      cr_expect(taken || given == 0, "%zu as %d gave something", i, type);
    }
  }
}

Test(wire, the_first_fault_sticks)
{
  static const uint8_t numbers[] = {1, 2, 3};
  rl_unpacker unpacker = OVER(numbers);
  uint64_t number = 9;
  cr_expect_not(rl_unpack_nil(&unpacker));
  cr_expect_not(rl_unpack_u64(&unpacker, &number));
  cr_expect_eq(number, 0);
  cr_expect_eq(rl_unpack_peek(&unpacker), RL_PACK_END);
  cr_expect_not(rl_unpack_done(&unpacker));
}

Test(wire, a_number_beyond_int64_is_no_signed_integer)
{
  static const uint8_t largest[] = {0xcf, 0x7f, 255, 255, 255, 255, 255, 255, 255};
  static const uint8_t beyond[] = {0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0};
  int64_t number;
  rl_unpacker unpacker = OVER(largest);
  cr_expect(rl_unpack_i64(&unpacker, &number));
  cr_expect_eq(number, INT64_MAX);
  unpacker = OVER(beyond);
  cr_expect_not(rl_unpack_i64(&unpacker, &number));
}

Test(wire, a_writer_without_room_fails_and_stays_failed)
{
  rl_random random = rl_random_from(rl_test_seed("room"));
  for (int i = 0; i < 200; i++) {
    rl_random same = random;
    msgpack_sbuffer buffer;
    write_document(&random, &buffer);
    msgpack_sbuffer_destroy(&buffer);
    uint8_t small[24];
    memset(small, 0xee, sizeof small);
    rl_writer writer = rl_writer_over(small, 16);
    for (int values = 0; values < 40; values++)
      rl_pack_u64(&writer, edge_number(&same));
    cr_expect(writer.failed && writer.used <= 16);
    size_t used = writer.used;
    rl_pack_nil(&writer);
    cr_expect_eq(writer.used, used);
    for (size_t at = 16; at < sizeof small; at++)
      cr_expect_eq(small[at], 0xee);
  }
}
