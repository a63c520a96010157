#include "config/check_plan.hpp"
#include "config/wav_check.hpp"

#include <filesystem>
#include <set>

namespace lifeline::config {

namespace {

void check_prompt(const node& table, const char* key, const std::string& name, const std::string& prompts,
                  problem_list& problems) {
  if (name.empty()) return;
  const auto path = resolve(prompts, name);
  if (const auto fault = wav_fault(path)) {
    problems.add(place_of(table, key),
                 std::string{key} + ": " + quote(name) + " cannot be played: " + *fault + " (looked for " + path + ")");
  }
}

} // namespace

void check_prompts(const domain::plan& plan, const plan_source& source, const std::string& prompts,
                   problem_list& problems) {
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i) {
    check_prompt(*source.hotlines[i], "greeting", plan.hotlines[i].greeting, prompts, problems);
  }
  for (std::size_t i = 0; i < plan.queues.size(); ++i) {
    check_prompt(*source.queues[i], "music", plan.queues[i].music, prompts, problems);
  }
  // Those that the file does not name may be missing: the codes work without them.
  if (source.codes == nullptr) return;
  for (const auto& [key, name] :
       {std::pair{"confirm_prompt", plan.codes.confirm_prompt}, {"refuse_prompt", plan.codes.refuse_prompt}}) {
    if (source.codes->find(key) != nullptr) check_prompt(*source.codes, key, name, prompts, problems);
  }
}

void check_media_use(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  for (std::size_t i = 0; i < plan.queues.size(); ++i) {
    const auto& q = plan.queues[i];
    if (q.hold_mode == domain::holding::ringing && !q.music.empty()) {
      problems.add(place_of(*source.queues[i], "music"), "music: nobody would hear it while holding is \"ringing\"; "
                                                         "expected holding \"early-media\" or \"answered\"");
    }
  }
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i) {
    const auto& h = plan.hotlines[i];
    if (h.media != domain::media_mode::direct) continue;
    const auto& table = *source.hotlines[i];
    if (!h.greeting.empty()) {
      problems.add(place_of(table, "greeting"), "greeting: cannot be played while media is \"direct\"");
    }
    if (h.record) problems.add(place_of(table, "record"), "record: cannot be true while media is \"direct\"");
    std::set<std::string> passed;
    const auto* q = plan.find_queue(h.queue);
    for (; q != nullptr && passed.insert(q->name).second; q = plan.find_queue(q->overflow_queue)) {
      if (q->hold_mode == domain::holding::ringing) continue;
      problems.add(place_of(table, "media"),
                   "media: \"direct\" needs holding = \"ringing\" in queue " + quote(q->name) + ", found " +
                       quote(q->hold_mode == domain::holding::answered ? "answered" : "early-media"));
    }
  }
}

} // namespace lifeline::config
