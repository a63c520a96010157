#pragma once
// What must hold between the entries of a plan: names are unique, references lead somewhere, somebody can answer.

#include "config/read_sections.hpp"

namespace lifeline::config {

/// Also gives agents without `queues` the only queue there is. Entries whose own values were refused are left out of
/// account, so that one mistake is one problem.
void check_plan(domain::plan& plan, const plan_source& source, problem_list& problems);
/// That no feature code means two things.
void check_codes(const domain::plan& plan, const plan_source& source, problem_list& problems);
/// That rescues have a hotline and a way to call, that their numbers lead where they should, and that nobody's name
/// means two things. Also switches rescues off where the file says nothing of them and has no such hotline.
void check_rescue(engine_config& c, const plan_source& source, problem_list& problems);
/// That a trunk over TLS finds TLS switched on.
void check_tls_use(const engine_config& c, const plan_source& source, problem_list& problems);
/// That every greeting, music and prompt that the file names can be played. `prompts` is the folder that their names
/// count from.
void check_prompts(const domain::plan& plan, const plan_source& source, const std::string& prompts,
                   problem_list& problems);
/// That nothing asks for media where there is none: hotlines with direct media, queues that only ring.
void check_media_use(const domain::plan& plan, const plan_source& source, problem_list& problems);
/// What works, and yet is most likely not meant: it opens a door to strangers, or leads nowhere. Read, told at the
/// check and at the start, and no reason to refuse the file.
void warn_of_dangers(const engine_config& c, const plan_source& source, const node& root, problem_list& warnings);

} // namespace lifeline::config
