#include "config/check_plan.hpp"
#include "media/wav_format.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace lifeline::config {

namespace {

/// One who starts from nothing has no prompts at all: that is one problem, and what to do about it.
struct missing_prompts {
  position first;
  std::vector<std::string> names;
};

void check_prompt(const node& table, const char* key, const std::string& name, const std::string& prompts,
                  problem_list& problems, missing_prompts& missing) {
  if (name.empty()) return;
  const auto path = resolve(prompts, name);
  const auto at = place_of(table, key);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (missing.names.empty() || at < missing.first) missing.first = at;
    if (std::find(missing.names.begin(), missing.names.end(), name) == missing.names.end())
      missing.names.push_back(name);
    return;
  }
  const auto file = media::read_sound_file(path);
  const auto sound = file ? media::find_sound(*file) : tl::unexpected(file.error());
  if (sound) return;
  problems.add(at, std::string{key} + ": " + quote(name) + " cannot be played: " + sound.error() + " (looked for " +
                       path + ")");
}

void tell_missing(const missing_prompts& missing, const std::string& prompts, problem_list& problems) {
  constexpr std::size_t most_named = 3;
  if (missing.names.empty()) return;
  std::string named;
  for (std::size_t i = 0; i < missing.names.size() && i < most_named; ++i)
    named += (i > 0 ? ", " : "") + quote(missing.names[i]);
  if (missing.names.size() > most_named) named += " and " + std::to_string(missing.names.size() - most_named) + " more";
  problems.add(missing.first, (missing.names.size() == 1 ? "a prompt is" : "prompts are") +
                                  std::string{" missing in "} + prompts + ": " + named +
                                  "; the shipped ones are made by: scripts/make-prompts.sh " + prompts);
}

} // namespace

void check_prompts(const domain::plan& plan, const plan_source& source, const std::string& prompts,
                   problem_list& problems) {
  missing_prompts missing;
  const auto check = [&](const node& table, const char* key, const std::string& name) {
    check_prompt(table, key, name, prompts, problems, missing);
  };
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i)
    check(*source.hotlines[i], "greeting", plan.hotlines[i].greeting);
  for (std::size_t i = 0; i < plan.queues.size(); ++i)
    check(*source.queues[i], "music", plan.queues[i].music);
  // Those that the file does not name may be missing: the codes work without them.
  if (source.codes != nullptr) {
    for (const auto& [key, name] :
         {std::pair{"confirm_prompt", plan.codes.confirm_prompt}, {"refuse_prompt", plan.codes.refuse_prompt}})
      if (source.codes->find(key) != nullptr) check(*source.codes, key, name);
  }
  tell_missing(missing, prompts, problems);
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
