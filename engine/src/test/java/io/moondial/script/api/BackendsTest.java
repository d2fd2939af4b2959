package io.moondial.script.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.time.HandMovedTime;
import io.moondial.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Backends that fail, and what becomes of those beside them. */
class BackendsTest {
    private final List<String> happened = new ArrayList<>();

    record Nothing(@Key("No meaning.") boolean any) {}

    /** Says what is done with it. */
    private final class Talkative implements Backend<Nothing, String> {
        private final String name;
        private final boolean starts;
        private final boolean stops;
        private boolean goesOn = true;

        Talkative(String name, boolean starts, boolean stops) {
            this.name = name;
            this.starts = starts;
            this.stops = stops;
        }

        @Override
        public Class<String> type() {
            return String.class;
        }

        @Override
        public Schema<Nothing> settings() {
            throw new UnsupportedOperationException("not read here");
        }

        @Override
        public String start(Nothing settings, Time time) {
            if (!starts) {
                throw new IllegalStateException(name + " does not start");
            }
            happened.add(name + " started");
            return name;
        }

        @Override
        public StandIn<String> standIn(Nothing settings, TestWorld world) {
            throw new UnsupportedOperationException("no test here");
        }

        @Override
        public void reload(String running, Nothing before, Nothing after) {
            if (!goesOn) {
                throw new BackendException(name + " does not go on");
            }
            happened.add(name + " " + before.any() + " -> " + after.any());
        }

        @Override
        public void stop(String started) {
            happened.add(name + " stopped");
            if (!stops) {
                throw new IllegalStateException(name + " does not stop");
            }
        }

        @Override
        public Optional<Mistake> objection(Line line, String text) {
            return Optional.empty();
        }

        Backends.Settings.Of<?, ?> of(boolean any) {
            return new Backends.Settings.Of<>(name, this, new Nothing(any));
        }
    }

    private static Backends start(Talkative... backends) {
        return Backends.start(settings(true, backends), new HandMovedTime());
    }

    private static Backends.Settings settings(boolean any, Talkative... backends) {
        return new Backends.Settings(
                Stream.of(backends).<Backends.Settings.Of<?, ?>>map(it -> it.of(any)).toList());
    }

    @Test
    void a_reload_reaches_those_whose_settings_differ() {
        Talkative a = new Talkative("a", true, true);
        Backends running = start(a);
        running.reload(settings(true, a));
        running.reload(settings(false, a));
        running.reload(settings(false, a));
        assertThat(happened).containsExactly("a started", "a true -> false");
    }

    @Test
    void settings_that_say_the_same_are_equal_whatever_has_read_them() {
        Backends.Settings settings = settings(true, new Talkative("a", true, true));

        assertThat(settings)
                .isEqualTo(settings(true, new Talkative("a", true, true)))
                .isNotEqualTo(settings(false, new Talkative("a", true, true)))
                .isNotEqualTo(settings(true, new Talkative("b", true, true)));
    }

    @Test
    void one_that_does_not_go_on_leaves_the_others_as_they_were() {
        Talkative a = new Talkative("a", true, true);
        Talkative b = new Talkative("b", true, true);
        Backends running = start(a, b);
        b.goesOn = false;
        assertThatThrownBy(() -> running.reload(settings(false, a, b)))
                .hasMessage("b does not go on");
        assertThat(happened)
                .containsExactly("a started", "b started", "a true -> false", "a false -> true");
        b.goesOn = true;
        running.reload(settings(false, a, b));
        assertThat(happened).endsWith("a true -> false", "b true -> false");
    }

    @Test
    void one_that_does_not_start_leaves_none_behind() {
        assertThatThrownBy(
                        () ->
                                start(
                                        new Talkative("a", true, true),
                                        new Talkative("b", true, false),
                                        new Talkative("c", false, true)))
                .hasMessage("c does not start")
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("b does not stop"));
        assertThat(happened).containsExactly("a started", "b started", "b stopped", "a stopped");
    }

    @Test
    void one_that_does_not_stop_leaves_no_other_running() {
        Backends running =
                start(
                        new Talkative("a", true, false),
                        new Talkative("b", true, true),
                        new Talkative("c", true, false));
        happened.clear();

        assertThatThrownBy(running::close)
                .hasMessage("c does not stop")
                .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("a does not stop"));
        assertThat(happened).containsExactly("c stopped", "b stopped", "a stopped");
    }
}
