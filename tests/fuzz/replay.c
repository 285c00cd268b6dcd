/* Replays a fuzzer's corpus as a plain test: each file of the folder given, once.
 * Ends non-zero when the folder is missing or empty, so that a lost corpus is not a pass. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return -1;
  }
  static uint8_t buffer[1 << 20];
  size_t size = fread(buffer, 1, sizeof buffer, file);
  fclose(file);
  /* An exact-size copy on the heap lets the address sanitizer see a read past the end. */
  uint8_t *exact = malloc(size ? size : 1);
  if (!exact)
    return -1;
  for (size_t i = 0; i < size; i++)
    exact[i] = buffer[i];
  LLVMFuzzerTestOneInput(exact, size);
  free(exact);
  return 0;
}

int main(int argc, char **argv)
{
  DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
  if (!folder) {
    fprintf(stderr, "usage: %s CORPUS-FOLDER (one that exists)\n", argv[0]);
    return 2;
  }
  int replayed = 0;
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] == '.')
      continue;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
    if (replay_file(path) != 0)
      return 1;
    replayed++;
  }
  closedir(folder);
  printf("replayed %d inputs of %s\n", replayed, argv[1]);
  return replayed > 0 ? 0 : 1;
}
