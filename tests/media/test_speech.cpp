#include "media/speech_renderer.hpp"

#include "media/gateway.hpp"
#include "media/wav_reader.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include <fstream>
#include <future>
#include <sstream>

#include <csignal>

namespace fs = std::filesystem;
using namespace lifeline::media;
using namespace lifeline::media::testing;

namespace {

using answer = tl::expected<std::vector<std::string>, std::string>;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

void write_text(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

/// Programs of the test's own in place of espeak-ng and sox, which count their calls.
struct stage {
  stage() {
    write_file(folder.file("voice.wav"), make_wav(make_tone(440, 4000)));
    set.prompts = folder.file("prompts");
    // espeak: -b 1 -v VOICE -s SPEED -w OUT -f TEXT
    set.espeak = script("espeak", "cat \"${10}\" >> said; echo >> said; cp voice.wav \"$8\"");
    // sox: -q IN -r 8000 -c 1 -b 16 OUT ...
    set.sox = script("sox", "cp \"$2\" \"$9\"");
  }
  std::string script(const std::string& name, const std::string& body) const {
    const auto path = folder.file(name);
    write_text(path, "#!/bin/sh\ncd '" + folder.path.string() + "' || exit 9\n" + body + "\n");
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  void start() {
    auto made = start_speech(set);
    REQUIRE(made);
    voice = std::move(*made);
  }
  answer prepare(std::vector<phrase> phrases) const {
    auto done = std::make_shared<std::promise<answer>>();
    auto result = done->get_future();
    voice->prepare(std::move(phrases), [done](answer a) { done->set_value(std::move(a)); });
    REQUIRE(result.wait_for(60s) == std::future_status::ready);
    return result.get();
  }
  [[nodiscard]] std::string said() const { return text_of(folder.file("said")); }
  [[nodiscard]] std::size_t files_in_speech() const {
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& each : fs::directory_iterator(fs::path(set.prompts) / "speech"))
      ++n;
    return n;
  }

  temp_folder folder;
  speech_settings set;
  std::unique_ptr<speech> voice;
};

} // namespace

TEST_CASE("speech: a named phrase is rendered once and kept with its text") {
  stage s;
  s.start();
  const auto files = s.prepare({{"rescue-key-accept", "接单请按一。"}});
  REQUIRE(files);
  CHECK(*files == std::vector<std::string>{"speech/rescue-key-accept.wav"});
  settings media;
  media.prompts = s.set.prompts;
  CHECK(check_prompt(media, files->front()));
  CHECK(text_of(s.set.prompts + "/speech/rescue-key-accept.txt") == "接单请按一。");
  CHECK(s.prepare({{"rescue-key-accept", "接单请按一。"}}) == files);
  CHECK(s.said() == "接单请按一。\n"); // once
  CHECK(s.files_in_speech() == 2);     // nothing of the work is left
}

TEST_CASE("speech: free text has its hash as its name, and its digits are spoken one by one") {
  stage s;
  s.start();
  const auto files = s.prepare({{"", "淮海路12号"}, {"", "淮海路13号"}, {"", "淮海路12号"}});
  REQUIRE(files);
  REQUIRE(files->size() == 3);
  CHECK((*files)[0] == (*files)[2]);
  CHECK((*files)[0] != (*files)[1]);
  CHECK((*files)[0].size() == std::string{"speech/.wav"}.size() + 64);
  CHECK(s.said() == "淮海路一二号\n淮海路一三号\n");
  auto beside = s.set.prompts + "/" + files->front();
  beside.replace(beside.size() - 3, 3, "txt");
  CHECK(text_of(beside) == "淮海路12号"); // as it came
}

TEST_CASE("speech: a studio's recording is taken before anything rendered, and no file is written again") {
  stage s;
  s.start();
  REQUIRE(s.prepare({{"hello", "您好"}}));
  SECTION("in the prompts' folder") {
    write_file(s.set.prompts + "/hello.wav", make_wav(make_tone(300, 800)));
    CHECK(s.prepare({{"hello", "您好"}}) == answer{std::vector<std::string>{"hello.wav"}});
  }
  SECTION("in the place of the rendered one") {
    const auto studio = make_wav(make_tone(300, 800));
    write_file(s.set.prompts + "/speech/hello.wav", studio);
    REQUIRE(s.prepare({{"hello", "您好"}, {"other", "再见"}}));
    CHECK(read_file(s.set.prompts + "/speech/hello.wav") == studio);
  }
  CHECK(s.said().find("您好\n您好") == std::string::npos);
}

TEST_CASE("speech: what exists is answered at once, on the caller's thread") {
  stage s;
  s.start();
  REQUIRE(s.prepare({{"hello", "您好"}}));
  std::thread::id answered_on;
  s.voice->prepare({{"hello", "您好"}}, [&](const answer& a) {
    CHECK(a);
    answered_on = std::this_thread::get_id();
  });
  CHECK(answered_on == std::this_thread::get_id());
}

TEST_CASE("speech: an empty file, as a power failure leaves it, is rendered again") {
  stage s;
  s.start();
  write_text(s.set.prompts + "/speech/hello.wav", "");
  const auto files = s.prepare({{"hello", "您好"}});
  REQUIRE(files);
  CHECK(read_wav(s.set.prompts + "/" + files->front()));
}

TEST_CASE("speech: a program that fails is told in a sentence, and nothing is kept") {
  stage s;
  std::string expected;
  SECTION("is missing") {
    s.set.espeak = s.folder.file("nothing");
    expected = "cannot be started";
  }
  SECTION("fails") {
    s.set.espeak = s.script("espeak", "exit 3");
    expected = "ended with 3";
  }
  SECTION("dies") {
    s.set.espeak = s.script("espeak", "kill -ABRT $$");
    expected = "was ended by signal 6";
  }
  SECTION("sox fails") {
    s.set.sox = s.script("sox", "exit 2");
    expected = "ended with 2";
  }
  SECTION("makes no WAV file") {
    s.set.sox = s.script("sox", "echo nonsense > \"$9\"");
    expected = "rendering";
  }
  SECTION("makes none at all") {
    s.set.sox = s.script("sox", "exit 0");
    expected = "rendering";
  }
  s.start();
  const auto files = s.prepare({{"hello", "您好"}});
  REQUIRE_FALSE(files);
  CHECK(files.error().find("phrase \"hello\" cannot be rendered: ") == 0);
  CHECK(files.error().find(expected) != std::string::npos);
  CHECK(s.files_in_speech() == 0);
}

TEST_CASE("speech: an error about free text does not repeat the text") {
  stage s;
  s.set.espeak = s.script("espeak", "exit 3");
  s.start();
  const auto files = s.prepare({{"", "淮海路12号"}});
  REQUIRE_FALSE(files);
  CHECK(files.error().find("淮海路") == std::string::npos);
}

TEST_CASE("speech: a program that hangs is killed with all its children, and the next text is rendered") {
  stage s;
  s.set.patience = 300ms;
  s.set.espeak =
      s.script("espeak", "grep -q 挂 \"${10}\" && { sleep 600 & echo $! > child; sleep 600; }; cp voice.wav \"$8\"");
  s.start();
  const auto hung = s.prepare({{"", "挂"}});
  REQUIRE_FALSE(hung);
  CHECK(hung.error().find("hung and was killed after 300 ms") != std::string::npos);
  const auto child = std::stoi(text_of(s.folder.file("child")));
  CHECK(eventually([&] {
    return ::kill(child, 0) != 0 ||
           text_of("/proc/" + std::to_string(child) + "/stat").find(") Z") != std::string::npos;
  }));
  s.set.patience = 10s;
  s.start(); // a loaded machine may need more than 300 ms for an honest program
  CHECK(s.prepare({{"", "好"}}));
}

TEST_CASE("speech: a queue that is full refuses, and what waits at the end is told") {
  stage s;
  s.set.max_queue = 2;
  s.set.espeak = s.script("espeak", "touch began; sleep 600");
  s.start();
  std::mutex mutex;
  std::vector<std::string> errors;
  const auto note = [&](const answer& a) {
    const std::lock_guard lock{mutex};
    errors.push_back(a ? "rendered" : a.error());
  };
  const auto count = [&] {
    const std::lock_guard lock{mutex};
    return errors.size();
  };
  s.voice->prepare({{"", "一"}}, note);
  REQUIRE(eventually([&] { return fs::exists(s.folder.file("began")); }));
  s.voice->prepare({{"", "二"}}, note);
  s.voice->prepare({{"", "三"}}, note);
  CHECK(count() == 0);
  s.voice->prepare({{"", "四"}}, note);
  REQUIRE(count() == 1);
  CHECK(errors.front() == "speech: 2 texts wait to be rendered already");
  s.voice->stop(); // ends the program that runs
  CHECK(count() == 4);
  s.voice->stop();
  s.voice->prepare({{"", "五"}}, note);
  REQUIRE(count() == 5);
  CHECK(errors.back() == "speech has stopped");
}

TEST_CASE("speech: names and texts that are not fit are refused before anything is begun") {
  stage s;
  s.start();
  for (const char* name : {"../up", "a/b", "Größe", "A", "a b", "a.b"}) {
    CAPTURE(name);
    const auto files = s.prepare({{name, "您好"}});
    REQUIRE_FALSE(files);
    CHECK(files.error().find("a name consists of") != std::string::npos);
  }
  CHECK(s.prepare({{"hello", ""}}).error() == "phrase \"hello\" has no text");
  CHECK(s.prepare({{"", " \n"}}).error() == "phrase \"\" has no text");
  CHECK(s.prepare({{"", std::string(3000, 'a')}}).error().find("longer") != std::string::npos);
  CHECK(s.said().empty());
  CHECK(s.prepare({}) == answer{std::vector<std::string>{}});
}

TEST_CASE("speech: text that looks like an option or a shell's word is only spoken") {
  stage s;
  s.start();
  REQUIRE(s.prepare({{"", "--version; touch broken $(touch broken)"}}));
  CHECK(s.said() == "--version; touch broken $(touch broken)\n");
  CHECK_FALSE(fs::exists(s.folder.file("broken")));
}

TEST_CASE("speech: a folder that cannot be made is told at the start - leftovers of a dead engine are swept") {
  stage s;
  write_text(s.folder.file("file"), "x");
  s.set.prompts = s.folder.file("file");
  CHECK_FALSE(start_speech(s.set));
  s.set.prompts = s.folder.file("prompts");
  fs::create_directories(s.set.prompts + "/speech");
  write_text(s.set.prompts + "/speech/.rendering-7-voice.wav", "half");
  write_text(s.set.prompts + "/speech/kept.txt", "kept");
  s.start();
  CHECK(s.files_in_speech() == 1);
}

TEST_CASE("speech: espeak-ng and sox make Mandarin that can be played on a telephone") {
  temp_folder folder;
  auto voice = start_speech(folder.file("prompts"));
  REQUIRE(voice);
  std::promise<answer> done;
  auto result = done.get_future();
  (*voice)->prepare({{"rescue-key-accept", "接单请按一。"}, {"", "地点，淮海路12号。"}},
                    [&](answer a) { done.set_value(std::move(a)); });
  REQUIRE(result.wait_for(60s) == std::future_status::ready);
  const auto files = result.get();
  if (!files) FAIL(files.error()); // espeak-ng and sox are installed by scripts/setup.sh
  settings media;
  media.prompts = folder.file("prompts");
  for (const auto& file : *files) {
    CHECK(check_prompt(media, file));
    const auto audio = read_wav(media.prompts + "/" + file);
    REQUIRE(audio);
    CHECK(audio->size() > 8000); // more than a second
    CHECK(audio->size() < 80000);
    const auto loudest = std::max_element(audio->begin(), audio->end());
    CHECK(*loudest > 8000);
    CHECK(*loudest < 20000); // -6 dB
  }
}
