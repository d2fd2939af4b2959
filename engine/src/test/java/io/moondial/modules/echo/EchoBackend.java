package io.moondial.modules.echo;

import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Settings;
import io.moondial.script.api.Backend;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands behind the module {@code echo}: a wall at some distance. */
final class EchoBackend implements Backend<EchoBackend.EchoSettings, EchoBackend.Echo> {
    private static final Pattern GIVEN =
            Pattern.compile("answers (?:(never)|(?:after (\\d{1,4})s )?(.+))");

    private final Runnable heard;

    EchoBackend(Runnable heard) {
        this.heard = heard;
    }

    /** The section {@code echo} of the rules file. */
    @Settings(value = "The wall that echo.say speaks to.", restart = true)
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
        return text -> {
            heard.run();
            return later(time, settings.delay(), text);
        };
    }

    @Override
    public Echo standIn(EchoSettings settings, TestWorld world) {
        Queue<String> givens = new ArrayDeque<>(world.givens());
        return text -> {
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
        };
    }

    private static CompletableFuture<String> later(Time time, Duration delay, String text) {
        CompletableFuture<String> echo = new CompletableFuture<>();
        time.after(delay, () -> echo.complete(text));
        return echo;
    }

    @Override
    public Optional<String> objection(String text) {
        return GIVEN.matcher(text).matches()
                ? Optional.empty()
                : Optional.of("answers TEXT, answers after 2s TEXT, or answers never");
    }
}
