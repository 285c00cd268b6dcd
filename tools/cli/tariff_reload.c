/* `ratelock tariff reload`: has the engine put its tariff file in force as it is now. */
#include "tariff_commands.h"

#include "table.h"

static void print_in_force(rl_view answer)
{
  rl_print_styled(stdout, RL_STYLE_GOOD, "in force");
  printf(": tariff %s, hash %s\n", rl_view_text(rl_view_get(answer, "tariff")).text,
         rl_view_text(rl_view_get(answer, "hash")).text);
  if (rl_view_given(rl_view_get(answer, "trial")))
    printf("  tried by %lld percent of the clients: tariff %s, hash %s\n",
           (long long)rl_view_i64(rl_view_get(answer, "percent")),
           rl_view_text(rl_view_get(answer, "trial")).text,
           rl_view_text(rl_view_get(answer, "trial_hash")).text);
}

rl_exit rl_tariff_reload(rl_cli *cli)
{
  rl_request request = {.kind = RL_REQUEST_RELOAD};
  rl_view answer;
  rl_exit code = rl_cli_ask(cli, &request, &answer);
  if (code == RL_EXIT_DONE && !cli->json)
    print_in_force(answer);
  return code;
}
