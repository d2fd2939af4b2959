package io.moondial.push;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.Channel;
import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogLink;
import io.moondial.channel.LinkStatus;
import io.moondial.channel.NodeLink;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.SignallingTap;
import io.moondial.config.WrittenSettings;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.logic.PushedDialog;
import io.moondial.metrics.Counters;
import io.moondial.push.PushQueue.Parts;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.HandMovedTime;
import io.moondial.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue of pushes with its surroundings in the hands of a test: the store can fail, the far side
 * says what the test wants, and time passes when it does.
 */
final class PushBench {
    static final String SOMEBODY = "27761485722";
    private static final long AT_NO_TIME = Long.MAX_VALUE;

    final HandMovedTime time;
    final Counters counters = new Counters();

    /** What the store has; it stays when the engine is killed. */
    final Map<String, String> stored;

    /** Until when the store keeps what it does not keep for ever. */
    private final Map<String, Long> keptUntil;

    /** Whether other engines may be on the store. */
    private final boolean isShared;

    /** Every change of every push. */
    final List<PushReport> changes = Collections.synchronizedList(new ArrayList<>());

    /** The messages that have begun dialogs and were not answered yet, the oldest first. */
    final List<Sent> sent = new CopyOnWriteArrayList<>();

    /** The questions to HLRs that were not answered yet. */
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    /** How many messages have begun a dialog, by the id of the push. */
    final Map<String, Integer> begins;

    /** Is told the id of the push of each of these messages as it leaves. */
    volatile Consumer<String> begun = _ -> {};

    volatile boolean storeFails;

    /** Whether the store says later which pushes it has: as they were when it was asked. */
    boolean listsLater;

    /** Whether no link takes what begins a dialog. */
    volatile boolean isUntaken;

    /** Whether the script gives up while its first message leaves. */
    volatile boolean givesUp;

    /** What was sent in dialogs after their first message. */
    final List<Outgoing> below = new CopyOnWriteArrayList<>();

    /** Who follows the attempts of the push whose dialog has begun last. */
    PushLink.@Nullable Progress progress;

    private Runnable list = () -> {};

    /** What happens where the next dialog would begin. */
    Runnable beforeDialog = () -> {};

    /** Whether the store says later that it has taken how a push is. */
    boolean setsLater;

    /** Whether the store says later that it has taken an order. */
    boolean addsLater;

    /** Whether it says later that it has put one text in the place of another. */
    boolean replacesLater;

    /** What it has not said yet. */
    final List<CompletableFuture<?>> unsaid = new CopyOnWriteArrayList<>();

    /** The store says the oldest of it. */
    void say() {
        time.rest();
        unsaid.removeFirst().complete(null);
        time.rest();
    }

    private final Map<String, DialogLink> links = new ConcurrentHashMap<>();
    boolean hasRoom = true;

    /** The scripts that are switched off. */
    final Set<String> off = ConcurrentHashMap.newKeySet();

    /** Whether a message comes in while one leaves. */
    boolean answersWhileSending;

    /** Whether that was taken before the other one had left. */
    volatile boolean isTakenMeanwhile;

    /** Whether the HLR is asked over no link. */
    boolean isAskedByNobody;

    /** Whether the far side acknowledges before the one who sends knows that it has sent. */
    boolean answersAtOnce;

    @Nullable String noDialogs;
    PushQueue queue;
    private PushSettings settings;
    private int instances;

    /** A message that begins a dialog, and who hears what comes of it. */
    record Sent(String id, OutgoingDialog dialog, DialogLink.Receiver receiver) {
        int screen() {
            return dialog.first().screen();
        }
    }

    record Asked(RoutingQuery query, Consumer<RoutingInfo> receiver) {}

    /**
     * A queue that has started.
     *
     * @param yaml the section of the rules
     */
    PushBench(String yaml) {
        this(yaml, null, false);
    }

    /**
     * The same, on a store that other engines may be on.
     *
     * @param other one that is, in the same time; null: none is yet
     */
    static PushBench sharing(String yaml, @Nullable PushBench other) {
        return new PushBench(yaml, other, true);
    }

    private PushBench(String yaml, @Nullable PushBench other, boolean isShared) {
        this.isShared = isShared;
        time = other == null ? new HandMovedTime() : other.time;
        stored = other == null ? new ConcurrentSkipListMap<>() : other.stored;
        keptUntil = other == null ? new ConcurrentHashMap<>() : other.keptUntil;
        begins = other == null ? new ConcurrentSkipListMap<>() : other.begins;
        settings = WrittenSettings.settings(PushSettings.class, yaml);
        queue = started(settings);
        time.rest(); // what it asks the store for begins nothing later on
    }

    private PushQueue started(PushSettings with) {
        Life mine = life;
        PushQueue started = new PushQueue(with, mine);
        started.follow(changes::add);
        started.start(
                new Parts(
                        new OfStore(mine),
                        new OfChannel(mine),
                        dialog -> mine.isOver ? Optional.empty() : run(dialog),
                        _ -> hasRoom ? Optional.empty() : Optional.of("overload"),
                        off::contains,
                        6,
                        () -> ZoneOffset.UTC,
                        counters,
                        takenUp::incrementAndGet));
        return started;
    }

    /** The store has this for so long. */
    void keep(String key, String text, Duration ttl) {
        stored.put(key, text);
        keptUntil.put(key, time.nanos() + ttl.toNanos());
    }

    /** How often it was told that the pushes of the owner are its own. */
    final AtomicInteger takenUp = new AtomicInteger();

    /** The engine is gone, with all that it knew; another one starts on the same store. */
    void kill() {
        die();
        start();
    }

    /** The engine is gone, with all that it knew. */
    void die() {
        time.rest();
        life.isOver = true;
        sent.clear();
        asked.clear();
    }

    /** One starts after another one that is gone. */
    void start() {
        life = new Life();
        queue = started(settings);
    }

    private Life life = new Life();

    /** The time of one engine: with it, everything that it began ends. */
    private final class Life implements Time {
        private volatile boolean isOver;

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public long nanos() {
            return time.nanos();
        }

        @Override
        public Activity activity() {
            return time.activity();
        }

        @Override
        public Alarm after(Duration delay, Runnable action) {
            return time.after(
                    delay,
                    () -> {
                        if (!isOver) {
                            action.run();
                        }
                    });
        }
    }

    /** The store says now which pushes it had. */
    void list() {
        list.run();
        time.rest();
    }

    void reload(String yaml) {
        settings = WrittenSettings.settings(PushSettings.class, yaml);
        queue.reload(settings);
    }

    // ---- orders

    static PushOrder text(String msisdn) {
        return PushOrder.of(msisdn, new PushOrder.Text(Screen.NOTIFY, "Hello"), "test");
    }

    /** The result of an order; the store answers at once. */
    Pushes.Submission order(PushOrder order) {
        return queue.submit(order).join();
    }

    /** The id of an order that is accepted. */
    String accepted(PushOrder order) {
        return ((Pushes.Submission.Accepted) order(order)).report().id();
    }

    String accepted(String msisdn) {
        return accepted(text(msisdn));
    }

    PushReport report(String id) {
        time.rest();
        return queue.find(id).join().orElseThrow();
    }

    /** What the store has of a push. */
    StoredPush storedOf(String id) {
        return StoredPush.read(requireNonNull(stored.get("push/" + id))).orElseThrow();
    }

    PushReport.State state(String id) {
        return report(id).state();
    }

    // ---- the far side

    /** The oldest message that waits for an answer. */
    Sent next() {
        time.rest();
        return sent.removeFirst();
    }

    void acknowledge() {
        acknowledgeNow(next());
        time.rest();
    }

    private static void acknowledgeNow(Sent it) {
        it.receiver().arrived(new Incoming.Ended(List.of(new Part.Acknowledged(it.screen()))));
    }

    void error(int code) {
        Sent it = next();
        it.receiver().arrived(new Incoming.Ended(List.of(new Part.Errored(it.screen(), code))));
        time.rest();
    }

    void abort(Incoming.Aborted.Cause cause) {
        next().receiver().arrived(new Incoming.Aborted(cause, "as the test wants"));
        time.rest();
    }

    /**
     * The dialog that has begun last is broken off, as those that are open when an engine stops.
     */
    void breakOff(String msisdn) {
        OfChannel.giveUp(requireNonNull(links.get(msisdn)));
        ((DialogListener) requireNonNull(progress))
                .told(
                        new DialogIdentity("Test-0", opening(), "push.notify", "1", "ussd"),
                        time.now(),
                        new DialogFact.Finished(new Outcome.Failed("the engine stops"), false));
        time.rest();
    }

    // ---- a dialog as it would run: one notify, and its end

    private Optional<String> run(PushedDialog dialog) {
        DialogListener listener = dialog.listener();
        if (noDialogs != null) {
            return Optional.of(noDialogs);
        }
        Runnable first = beforeDialog;
        beforeDialog = () -> {};
        first.run();
        Life mine = life;
        DialogIdentity identity =
                new DialogIdentity("Test-" + ++instances, opening(), "push.notify", "1", "ussd");
        dialog.link()
                .receiver(
                        message -> {
                            if (!mine.isOver) {
                                arrived(identity, listener, message);
                            }
                        });
        listener.told(identity, time.now(), new DialogFact.Begun());
        progress = (PushLink.Progress) listener;
        ofSubscriber.put(dialog.msisdn(), dialog.pushId());
        links.put(dialog.msisdn(), dialog.link());
        try {
            dialog.link().send(new Outgoing.Begin(new Outgoing.Show(1, hello(), false), ANSWER));
        } catch (DialogLink.DialogGoneException e) {
            listener.told(
                    identity,
                    time.now(),
                    new DialogFact.Finished(new Outcome.Unreached("gone"), false));
        }
        return Optional.empty();
    }

    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** The push that runs, by subscriber. */
    private final Map<String, String> ofSubscriber = new ConcurrentHashMap<>();

    private void arrived(DialogIdentity identity, DialogListener listener, Incoming message) {
        Outcome outcome =
                switch (message) {
                    case Incoming.Begun begun -> null;
                    case Incoming.Continued continued -> null;
                    case Incoming.Ended(var parts) ->
                            parts.stream().anyMatch(Part.Acknowledged.class::isInstance)
                                    ? new Outcome.Completed()
                                    : new Outcome.Unreached("an error");
                    case Incoming.Aborted(var cause, String how) -> new Outcome.Unreached(how);
                };
        if (outcome != null) {
            listener.told(identity, time.now(), new DialogFact.Finished(outcome, false));
        }
    }

    static UssdString hello() {
        try {
            return UssdString.encode("Hello", Dcs.UNSPECIFIED);
        } catch (UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    private static Opening opening() {
        return opening(DialogKind.PUSHED, null);
    }

    static Opening opening(DialogKind kind, @Nullable String msisdn) {
        Party nobody = new Party(null, null, null, 0);
        return new Opening(
                kind,
                hello(),
                "",
                msisdn == null ? null : io.moondial.channel.Address.international(msisdn),
                null,
                null,
                nobody,
                nobody,
                "",
                "",
                null);
    }

    // ---- what is around

    private final class OfStore implements PushStore {
        private final Life life;

        OfStore(Life life) {
            this.life = life;
        }

        private <T> CompletableFuture<T> answer(T value) {
            if (life.isOver) {
                return new CompletableFuture<>();
            }
            return storeFails
                    ? CompletableFuture.failedFuture(new Pushes.StoreException("no answer"))
                    : CompletableFuture.completedFuture(value);
        }

        @Override
        public boolean isShared() {
            return isShared;
        }

        private boolean isDown() {
            stored.keySet().removeIf(it -> keptUntil.getOrDefault(it, AT_NO_TIME) <= time.nanos());
            return storeFails || life.isOver;
        }

        private boolean keep(String key, @Nullable Duration ttl) {
            if (ttl == null) {
                keptUntil.remove(key);
            } else {
                keptUntil.put(key, time.nanos() + ttl.toNanos());
            }
            return true;
        }

        @Override
        public CompletableFuture<Boolean> add(String key, String text, @Nullable Duration ttl) {
            boolean added = !isDown() && stored.putIfAbsent(key, text) == null && keep(key, ttl);
            return addsLater ? later().thenApply(_ -> added) : answer(added);
        }

        @Override
        public CompletableFuture<Boolean> replace(
                String key, String old, String text, Duration ttl) {
            boolean done = !isDown() && stored.replace(key, old, text) && keep(key, ttl);
            return replacesLater ? later().thenApply(_ -> done) : answer(done);
        }

        @Override
        public CompletableFuture<Void> set(String key, String text, @Nullable Duration ttl) {
            if (!isDown()) {
                stored.put(key, text);
                keep(key, ttl);
            }
            return setsLater ? later() : answer(true).thenAccept(_ -> {});
        }

        private CompletableFuture<Void> later() {
            CompletableFuture<Void> said = new CompletableFuture<>();
            unsaid.add(said);
            return said;
        }

        @Override
        public CompletableFuture<Optional<String>> get(String key) {
            return answer(isDown() ? Optional.empty() : Optional.ofNullable(stored.get(key)));
        }

        @Override
        public CompletableFuture<?> all(String prefix, Consumer<String> each) {
            isDown();
            List<String> texts =
                    stored.entrySet().stream()
                            .filter(it -> it.getKey().startsWith(prefix))
                            .map(Map.Entry::getValue)
                            .toList();
            if (listsLater) {
                CompletableFuture<Boolean> listed = new CompletableFuture<>();
                list =
                        () -> {
                            texts.forEach(each);
                            listed.complete(true);
                        };
                return listed;
            }
            if (!storeFails) {
                texts.forEach(each);
            }
            return answer(true);
        }
    }

    /** Takes what begins dialogs, and leaves the rest to the test. */
    private final class OfChannel implements Channel {
        private final Life life;

        OfChannel(Life life) {
            this.life = life;
        }

        @Override
        public DialogLink begin(OutgoingDialog dialog, DialogLink.Receiver receiver)
                throws NotBegunException {
            if (life.isOver) {
                return new OfLink(receiver);
            }
            if (isUntaken) {
                throw new NotBegunException("all links are down");
            }
            if (givesUp) {
                giveUp(requireNonNull(links.get(requireNonNull(dialog.msisdn()))));
                return new OfLink(receiver);
            }
            String id = requireNonNull(ofSubscriber.get(requireNonNull(dialog.msisdn())));
            begins.merge(id, 1, Integer::sum);
            begun.accept(id);
            sent.add(new Sent(id, dialog, receiver));
            if (answersAtOnce) {
                acknowledgeNow(sent.removeFirst());
            }
            return new OfLink(receiver);
        }

        private static void giveUp(DialogLink dialog) {
            try {
                dialog.send(new Outgoing.Abort("its time is over"));
            } catch (DialogLink.DialogGoneException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void locate(RoutingQuery query, Consumer<RoutingInfo> receiver) {
            if (isAskedByNobody) {
                receiver.accept(new RoutingInfo.NotAsked("all links are down"));
                return;
            }
            asked.add(new Asked(query, receiver));
        }

        @Override
        public NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver) {
            throw new AssertionError("no push asks another node: " + request);
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public void start(DialogDesk desk) {}

        @Override
        public int openDialogs() {
            return 0;
        }

        @Override
        public List<LinkStatus> links() {
            return List.of();
        }

        @Override
        public void attach(SignallingTap tap) {}

        @Override
        public void detach(SignallingTap tap) {}

        @Override
        public void close() {}
    }

    private final class OfLink implements DialogLink {
        private final Receiver receiver;

        OfLink(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public String localTid() {
            return "0000002a";
        }

        @Override
        public Optional<String> send(Outgoing message) {
            below.add(message);
            if (answersWhileSending) {
                answerOnAThreadOfItsOwn();
            }
            return Optional.empty();
        }

        /** The lock of a dialog is held while one sends, and while one takes what has come. */
        private void answerOnAThreadOfItsOwn() {
            Thread network =
                    Thread.ofVirtual().start(() -> receiver.arrived(new Incoming.Ended(List.of())));
            try {
                isTakenMeanwhile = network.join(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void forget() {}
    }
}
