#include "tests/actors/fake_gateways.hpp"
#include "tests/contract/media_scene.hpp"
#include "tests/media/media_fixture.hpp"
#include "tests/simulation/sound.hpp"

#include <thread>

namespace lifeline::contract {

namespace {

using namespace std::chrono_literals;

class real_scene final : public media_scene {
public:
  real_scene() {
    media::testing::write_file(fixture_.folder.file("tone.wav"),
                               media::testing::make_wav(media::testing::make_tone(440, 800)));
    fixture_.start();
  }
  ~real_scene() override { fixture_.media->stop(); }
  [[nodiscard]] std::string name() const override { return "the real gateway"; }
  [[nodiscard]] media::gateway& gate() override { return *fixture_.media; }
  [[nodiscard]] bool eventually(const std::function<bool()>& holds) override {
    return media::testing::eventually(holds);
  }
  void pass() override { std::this_thread::sleep_for(200ms); }

private:
  media::testing::media_fixture fixture_;
};

class fake_scene final : public media_scene {
public:
  [[nodiscard]] std::string name() const override { return "the fake of the actors' tests"; }
  [[nodiscard]] media::gateway& gate() override { return fake_; }
  [[nodiscard]] bool eventually(const std::function<bool()>& holds) override { return holds(); }
  void pass() override {}

private:
  testing::fake_media fake_;
};

class simulated_scene final : public media_scene {
public:
  [[nodiscard]] std::string name() const override { return "the simulated sound"; }
  [[nodiscard]] media::gateway& gate() override { return sound_; }
  [[nodiscard]] bool eventually(const std::function<bool()>& holds) override {
    if (!holds()) pass();
    return holds();
  }
  void pass() override {
    time_.jump_to(time_.now() + 10s);
    world_.fire_due();
  }

private:
  simulation::clockwork time_{1};
  simulation::outside world_{time_};
  simulation::sound sound_{world_};
};

} // namespace

std::unique_ptr<media_scene> real_media() { return std::make_unique<real_scene>(); }
std::unique_ptr<media_scene> fake_media_of_actors() { return std::make_unique<fake_scene>(); }
std::unique_ptr<media_scene> simulated_media() { return std::make_unique<simulated_scene>(); }

} // namespace lifeline::contract
