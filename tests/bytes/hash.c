#include "bytes/bytes.h"

#include <criterion/criterion.h>

/* Published XXH3 values: a store written by one version of the library is read by another. */
Test(checksum, published_values_of_xxh3_are_kept)
{
  cr_expect_eq(rl_checksum("", 0), 0x2d06800538d394c2);
  cr_expect_eq(rl_checksum("abc", 3), 0x78af5f94892f3950);
}

Test(fingerprint, depends_on_bytes_length_and_seed)
{
  rl_fingerprint one = rl_fingerprint_of("abc", 3, 1);
  cr_expect(rl_fingerprint_equal(one, rl_fingerprint_of("abc", 3, 1)));
  cr_expect_not(rl_fingerprint_equal(one, rl_fingerprint_of("abd", 3, 1)));
  cr_expect_not(rl_fingerprint_equal(one, rl_fingerprint_of("abc", 2, 1)));
  cr_expect_not(rl_fingerprint_equal(one, rl_fingerprint_of("abc", 3, 2)));
}

Test(fingerprint, both_words_count)
{
  rl_fingerprint one = {{1, 2}}, low = {{9, 2}}, high = {{1, 9}};
  cr_expect_not(rl_fingerprint_equal(one, low));
  cr_expect_not(rl_fingerprint_equal(one, high));
}
