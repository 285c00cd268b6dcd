# Build rules shared by all rooms: flags, outside libraries, and one helper each
# for a room, a program, a test and a fuzzer.
include(GNUInstallDirs)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nng CONFIG REQUIRED)   # nng::nng; Debian's has no pkg-config file

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)   # __int128
# For the one outside library of C++, whose headers no later standard takes.
set(CMAKE_CXX_STANDARD 14)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

add_library(rl_flags INTERFACE)
target_compile_definitions(rl_flags INTERFACE _GNU_SOURCE RL_VERSION="${PROJECT_VERSION}")
target_compile_options(rl_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes> $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
  -Wundef -Wvla -Wpointer-arith -Wformat=2 -Wswitch-enum
  -fno-common -fvisibility=hidden)
if(RL_WERROR)
  target_compile_options(rl_flags INTERFACE -Werror)
endif()
if(RL_SANITIZE)
  target_compile_options(rl_flags INTERFACE
    -fsanitize=${RL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(rl_flags INTERFACE -fsanitize=${RL_SANITIZE})
  if(RL_SANITIZE MATCHES "thread")
    # The thread sanitizer cannot see into inline assembly: plain C11 atomics instead (engine/sync).
    target_compile_definitions(rl_flags INTERFACE RL_C11_ATOMICS=1)
  endif()
endif()
if(RL_COVERAGE)
  target_compile_options(rl_flags INTERFACE --coverage)
  target_link_options(rl_flags INTERFACE --coverage)
endif()
if(RL_FUZZ)
  target_compile_options(rl_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# An outside library as found by pkg-config: rl_outside(name pkg-config-module)
function(rl_outside name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
endfunction()

# One room of the engine: rl_room(money SOURCES a.c b.c DEPS status)
# Headers are named as "money/rate.h" everywhere.
function(rl_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  add_library(rl_${name} STATIC ${ROOM_SOURCES})
  add_library(ratelock::${name} ALIAS rl_${name})
  target_include_directories(rl_${name} PUBLIC ${PROJECT_SOURCE_DIR}/engine)
  target_link_libraries(rl_${name} PUBLIC rl_flags)
  foreach(dep IN LISTS ROOM_DEPS)
    target_link_libraries(rl_${name} PUBLIC ratelock::${dep})
  endforeach()
  target_link_libraries(rl_${name} PRIVATE ${ROOM_LIBS})
endfunction()

# A text file compiled in: FUNCTION() returns it as one NUL-terminated string. OUT is set to the
# source file made, a line of C for a line of text: rl_embed_text(universe.txt rl_text TEXT_C)
function(rl_embed_text file function out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} literal)
  string(REPLACE "\\" "\\\\" literal "${literal}")
  string(REPLACE "\"" "\\\"" literal "${literal}")
  string(REPLACE "\n" "\\n\"\n  \"" literal "${literal}")
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${function}.c)
  file(CONFIGURE OUTPUT ${made} @ONLY CONTENT "const char *@function@(void);

const char *@function@(void)
{
  return \"@literal@\";
}
")
  set(${out} ${made} PARENT_SCOPE)
endfunction()

# One program in build/<preset>/bin; INSTALL also puts it among the installed ones:
# rl_program(ratelockd INSTALL SOURCES main.c LIBS ratelock::server)
function(rl_program name)
  cmake_parse_arguments(PROG "INSTALL" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${PROG_SOURCES})
  target_link_libraries(${name} PRIVATE rl_flags ${PROG_LIBS})
  if(PROG_INSTALL)
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()
