package io.moondial.dialogtest.run;

import io.moondial.Rules;
import io.moondial.channel.Channel;
import io.moondial.dialogtest.language.Step;
import io.moondial.logic.DialogObserver;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Counters;
import io.moondial.modules.push.PushStandIn;
import io.moondial.push.PushOrder;
import io.moondial.push.PushQueue;
import io.moondial.push.PushReport;
import io.moondial.push.PushStore;
import io.moondial.push.Pushes;
import io.moondial.push.Pushes.Submission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pushes of one test: the engine's queue, in the test's time, with a store in memory. */
final class TestPushes {
    private static final String BY = "test";

    /** More than a test orders. */
    private static final int ALL = 10_000;

    private final Rules rules;
    private final VirtualTime time;
    private final PushQueue queue;

    TestPushes(Rules rules, VirtualTime time) {
        this.rules = rules;
        this.time = time;
        queue = new PushQueue(rules.push(), time);
    }

    /** It has to know which subscribers are in a dialog. */
    DialogObserver observer() {
        return queue;
    }

    /** Is told of each change from now on. */
    void follow(Pushes.Listener listener) {
        queue.follow(listener);
    }

    /**
     * From now on pushes begin.
     *
     * @param ofScripts what scripts order with: what the test gives no end goes to the queue
     * @param reaches whether a handset has a number, or something is given for it
     */
    void start(
            Channel network,
            ServiceDesk desk,
            Counters counters,
            PushStandIn ofScripts,
            Predicate<String> reaches) {
        queue.start(
                new PushQueue.Parts(
                        new Memory(),
                        new VirtualChannel(network, time),
                        desk::push,
                        settings -> Optional.empty(),
                        desk::isSwitchedOff,
                        rules.network().ssns().getFirst(),
                        () -> Objects.requireNonNullElse(rules.timeZone(), time.zone()),
                        counters,
                        () -> {}));
        ofScripts.connect(queue, reaches);
    }

    /** Orders a push; the result says why it is not accepted, empty: it is. */
    static Optional<String> order(Pushes pushes, String msisdn, Step.Ordered what, String text) {
        PushOrder.Content content =
                switch (what) {
                    case Step.Ordered.Screen(var kind) -> new PushOrder.Text(kind, text);
                    case Step.Ordered.Script(String key) ->
                            new PushOrder.Script(key, text.isEmpty() ? null : text);
                };
        return switch (pushes.submit(PushOrder.of(msisdn, content, BY)).join()) {
            case Submission.Accepted accepted -> Optional.empty();
            case Submission.Refused(var why, String detail) -> Optional.of(detail);
        };
    }

    /** How the pushes to a number are, to go behind a sentence; empty: there are none. */
    String to(String msisdn) {
        List<PushReport> all =
                queue.latest(ALL).reversed().stream()
                        .filter(it -> it.msisdn().equals(msisdn))
                        .toList();
        return all.isEmpty()
                ? ""
                : "; pushed to this number: "
                        + all.stream().map(TestPushes::shown).collect(Collectors.joining(", "));
    }

    private static String shown(PushReport report) {
        return "%s, %s%s%s"
                .formatted(
                        report.what(),
                        report.state().word(),
                        report.reason() == null ? "" : " " + report.reason().word(),
                        report.nextAttempt() == null
                                ? ""
                                : " (tried again at " + report.nextAttempt() + ")");
    }

    /** Nothing begins any more. */
    void stop() {
        queue.stop();
    }

    /** A store that has everything at once, and forgets nothing before the end of the test. */
    private static final class Memory implements PushStore {
        private final Map<String, String> texts = new ConcurrentSkipListMap<>();

        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public CompletableFuture<Boolean> add(String key, String text, @Nullable Duration ttl) {
            return CompletableFuture.completedFuture(texts.putIfAbsent(key, text) == null);
        }

        @Override
        public CompletableFuture<Boolean> replace(
                String key, String old, String text, Duration ttl) {
            return CompletableFuture.completedFuture(texts.replace(key, old, text));
        }

        @Override
        public CompletableFuture<Void> set(String key, String text, @Nullable Duration ttl) {
            texts.put(key, text);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Optional<String>> get(String key) {
            return CompletableFuture.completedFuture(Optional.ofNullable(texts.get(key)));
        }

        @Override
        public CompletableFuture<?> all(String prefix, Consumer<String> each) {
            texts.forEach(
                    (key, text) -> {
                        if (key.startsWith(prefix)) {
                            each.accept(text);
                        }
                    });
            return CompletableFuture.completedFuture(null);
        }
    }
}
