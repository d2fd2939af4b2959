package io.moondial.modules.echo;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import io.moondial.script.api.Backend;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands behind the module {@code echo}: a wall at some distance. */
final class EchoBackend implements Backend<EchoBackend.EchoSettings, EchoBackend.Echo> {
    private static final Pattern GIVEN =
            Pattern.compile("answers (?:(never)|(?:after (\\d{1,4})s )?(.+))", Pattern.DOTALL);

    private final Runnable heard;

    EchoBackend(Runnable heard) {
        this.heard = heard;
    }

    /** The section {@code echo} of the rules file. */
    @Settings("The wall that echo.say speaks to.")
    record EchoSettings(
            @Key(value = "How long an echo takes.", unset = "50ms", from = "1ms", to = "1m")
                    Duration delay) {}

    /** Answers what it is told, empty where nothing comes back. */
    interface Echo {
        CompletableFuture<String> say(String text);
    }

    @Override
    public Class<Echo> type() {
        return Echo.class;
    }

    @Override
    public Schema<EchoSettings> settings() {
        return Schema.of(EchoSettings.class);
    }

    @Override
    public Echo start(EchoSettings settings, Time time) {
        return new Wall(time, checked(settings.delay()));
    }

    @Override
    public void reload(Echo running, EchoSettings before, EchoSettings after) {
        ((Wall) running).delay = checked(after.delay());
    }

    /** Something that only a start finds out. */
    private static Duration checked(Duration delay) {
        if (delay.equals(Duration.ofSeconds(13))) {
            throw new BackendException("the wall cannot be moved so far");
        }
        return delay;
    }

    @Override
    public List<Gauge> gauges(Echo running) {
        return List.of(new Gauge("echo.wall", "delay", ((Wall) running).delay.toMillis(), null));
    }

    @Override
    public StandIn<Echo> standIn(EchoSettings settings, TestWorld world) {
        return new Rehearsed(world);
    }

    @Override
    public Optional<Mistake> objection(Line line, String text) {
        return line != Line.GIVEN || GIVEN.matcher(text).matches()
                ? Optional.empty()
                : Optional.of(Mistake.of("answers TEXT, answers after 2s TEXT, or answers never"));
    }

    @Override
    public Optional<String> objection(
            EchoSettings settings, String function, List<@Nullable String> literals) {
        return literals.equals(List.of(""))
                ? Optional.of("nothing comes back of an empty text")
                : Optional.empty();
    }

    private static CompletableFuture<String> later(Time time, Duration delay, String text) {
        CompletableFuture<String> echo = new CompletableFuture<>();
        time.after(delay, () -> echo.complete(text));
        return echo;
    }

    /** The real one. */
    private final class Wall implements Echo {
        private final Time time;
        private volatile Duration delay;

        Wall(Time time, Duration delay) {
            this.time = time;
            this.delay = delay;
        }

        @Override
        public CompletableFuture<String> say(String text) {
            heard.run();
            return later(time, delay, text);
        }
    }

    /** What a test has: it answers what is given, line by line, and knows what it was told. */
    private static final class Rehearsed implements StandIn<Echo>, Echo {
        private final TestWorld world;
        private final Queue<String> givens;
        private final List<String> said = new ArrayList<>();

        Rehearsed(TestWorld world) {
            this.world = world;
            this.givens = new ArrayDeque<>(world.givens());
        }

        @Override
        public Echo running() {
            return this;
        }

        @Override
        public Optional<String> check(boolean absent, String text) {
            return said.contains(text) != absent
                    ? Optional.empty()
                    : Optional.of("what was said is " + said);
        }

        @Override
        public CompletableFuture<String> say(String text) {
            said.add(text);
            String given = givens.poll();
            if (given == null) {
                world.fault().accept("no 'given echo' answers echo.say(\"" + text + "\")");
                return CompletableFuture.completedFuture("");
            }
            Matcher matcher = GIVEN.matcher(given);
            if (!matcher.matches() || matcher.group(1) != null) {
                return new CompletableFuture<>();
            }
            return matcher.group(2) == null
                    ? CompletableFuture.completedFuture(matcher.group(3))
                    : later(
                            world.time(),
                            Duration.ofSeconds(Long.parseLong(matcher.group(2))),
                            matcher.group(3));
        }
    }
}
