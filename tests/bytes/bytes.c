#include "bytes/bytes.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(writer, numbers_are_laid_out_little_endian)
{
  uint8_t bytes[23];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u8(&writer, 0x01);
  rl_put_u16(&writer, 0x0203);
  rl_put_u32(&writer, 0x04050607);
  rl_put_u64(&writer, 0x08090a0b0c0d0e0f);
  rl_put_i64(&writer, -2);
  static const uint8_t expected[23] = {1,    3,    2,    7,    6,    5,    4,    0x0f,
                                       0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 9,    8,    0xfe,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  cr_assert_not(writer.failed);
  cr_assert_eq(writer.used, sizeof bytes);
  cr_assert_arr_eq(bytes, expected, sizeof bytes);
}

Test(writer, what_fills_the_room_fits)
{
  uint8_t bytes[8];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u64(&writer, 1);
  rl_put_bytes(&writer, "", 0);
  cr_assert(!writer.failed && writer.used == 8);
}

Test(writer, byte_too_many_is_remembered_and_nothing_more_is_written)
{
  uint8_t bytes[9] = {0};
  bytes[8] = 0x5a;
  rl_writer writer = rl_writer_over(bytes, 8);
  rl_put_u8(&writer, 1);
  rl_put_u64(&writer, UINT64_MAX);
  cr_assert(writer.failed);
  cr_assert_eq(writer.used, 1);
  rl_put_u8(&writer, 2);
  cr_assert_eq(writer.used, 1, "it fits, but comes after a failure");
  cr_assert_eq(bytes[1], 0);
  cr_assert_eq(bytes[8], 0x5a);
}

Test(writer, size_near_the_end_of_the_address_space_does_not_wrap)
{
  uint8_t bytes[8];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u8(&writer, 1);
  rl_put_bytes(&writer, bytes, SIZE_MAX);
  cr_assert(writer.failed && writer.used == 1);
}

Test(reader, numbers_come_back)
{
  uint8_t bytes[31];
  rl_writer writer = rl_writer_over(bytes, sizeof bytes);
  rl_put_u8(&writer, UINT8_MAX);
  rl_put_u16(&writer, UINT16_MAX);
  rl_put_u32(&writer, UINT32_MAX);
  rl_put_u64(&writer, UINT64_MAX - 1);
  rl_put_i64(&writer, INT64_MIN);
  rl_put_i64(&writer, INT64_MAX);
  rl_reader reader = rl_reader_over(bytes, sizeof bytes);
  cr_expect_eq(rl_get_u8(&reader), UINT8_MAX);
  cr_expect_eq(rl_get_u16(&reader), UINT16_MAX);
  cr_expect_eq(rl_get_u32(&reader), UINT32_MAX);
  cr_expect_eq(rl_get_u64(&reader), UINT64_MAX - 1);
  cr_expect_eq(rl_get_i64(&reader), INT64_MIN);
  cr_expect_not(rl_reader_done(&reader), "eight bytes are left");
  cr_expect_eq(rl_get_i64(&reader), INT64_MAX);
  cr_expect(rl_reader_done(&reader));
}

Test(reader, missing_byte_gives_zero_now_and_from_then_on)
{
  uint8_t *bytes = malloc(7);
  cr_assert_not_null(bytes);
  memset(bytes, 0xff, 7);
  rl_reader reader = rl_reader_over(bytes, 7);
  cr_expect_eq(rl_get_u64(&reader), 0);
  cr_expect(reader.failed);
  cr_expect_eq(rl_get_u8(&reader), 0, "there is a byte, but after a failure");
  cr_expect_not(rl_reader_done(&reader));
  free(bytes);
}

Test(reader, failed_bytes_are_zeros)
{
  uint8_t out[4] = {1, 2, 3, 4};
  rl_reader reader = rl_reader_over("abc", 3);
  rl_get_bytes(&reader, out, 4);
  static const uint8_t zeros[4] = {0};
  cr_expect_arr_eq(out, zeros, 4);
}

Test(reader, size_near_the_end_of_the_address_space_does_not_wrap)
{
  rl_reader reader = rl_reader_over("abc", 3);
  (void)rl_get_u8(&reader);
  cr_expect_eq(reader.size - reader.used, 2);
  char text[2];
  rl_get_text(&reader, text, sizeof text);
  cr_expect(reader.failed, "the length byte 'b' is beyond what is left");
}

Test(reader, nothing_is_read_from_nothing)
{
  rl_reader reader = rl_reader_over(NULL, 0);
  cr_expect(rl_reader_done(&reader));
  rl_get_bytes(&reader, NULL, 0);
  cr_expect(rl_reader_done(&reader));
  cr_expect_eq(rl_get_u8(&reader), 0);
  cr_expect(reader.failed);
  rl_get_bytes(&reader, NULL, 0);
  cr_expect_not(rl_reader_done(&reader));
}
