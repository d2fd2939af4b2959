package io.moondial.modules.ussd;

import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.NodeLink;
import io.moondial.channel.NodeOpener;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingRequest;
import io.moondial.config.Measure;
import io.moondial.dialog.FarIncoming;
import io.moondial.dialog.FarIncoming.Word;
import io.moondial.dialog.FarOutgoing;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.modules.ussd.NodeLine.Given;
import io.moondial.modules.ussd.NodeLine.MistakeException;
import io.moondial.modules.ussd.NodeLine.Says;
import io.moondial.modules.ussd.NodeLine.Sent;
import io.moondial.modules.ussd.UssdBackend.Nodes;
import io.moondial.script.api.Backend.StandIn;
import io.moondial.script.api.Backend.TestWorld;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a dialog test has instead of the other nodes: they say what the test gives. Each given of
 * what is sent answers once, in turn; the last one answers all that follow.
 */
final class NodeStandIn implements StandIn<Nodes>, Nodes {
    private static final Party US = new Party(2, 6, null, Party.ROUTE_ON_SSN);

    private final UssdSettings settings;
    private final TestWorld world;
    private final List<Given> givens = new ArrayList<>();
    private final Set<Given> used = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Sent> sent = new ArrayList<>();

    /** When nodes will say something, in nanoseconds of the test's time. */
    private final List<Long> coming = new ArrayList<>();

    private int dialogs;

    NodeStandIn(UssdSettings settings, TestWorld world) {
        this.settings = settings;
        this.world = world;
        for (String line : world.givens()) {
            try {
                givens.add(NodeLine.given(line));
            } catch (MistakeException e) {
                throw new IllegalStateException("not objected to before: " + line, e);
            }
        }
    }

    @Override
    public Nodes running() {
        return this;
    }

    @Override
    public UssdSettings settings() {
        return settings;
    }

    @Override
    public @Nullable NodeOpener through() {
        return this::open;
    }

    @Override
    public boolean take() {
        return true;
    }

    @Override
    public void giveBack() {}

    private NodeLink open(OutgoingRequest request, NodeLink.Receiver receiver)
            throws NotBegunException {
        Sent asked = Sent.text(text(request.ussd()));
        Says first = next(asked);
        if (first != null && first.kind().equals("busy")) {
            throw new NotBegunException("the test says so");
        }
        Node node = new Node(receiver);
        node.say(first);
        return node;
    }

    private static String text(@Nullable UssdString ussd) {
        try {
            return ussd == null ? "" : ussd.decode();
        } catch (UndecodableString e) {
            throw new IllegalStateException("what is sent can be read", e);
        }
    }

    /** What comes next for what is sent; null: the test does not say. */
    private synchronized @Nullable Says next(Sent now) {
        if (world.isChecked()) {
            sent.add(now);
        }
        Given last = null;
        for (Given given : givens) {
            if (given.sent().matches(now)) {
                last = given;
                if (used.add(given)) {
                    return given.says();
                }
            }
        }
        if (last == null) {
            world.fault().accept("no 'given ussd' answers " + now + " at another node");
        }
        return last == null ? null : last.says();
    }

    @Override
    public synchronized Optional<String> check(boolean absent, String text) {
        Sent wanted;
        try {
            wanted = NodeLine.expected(text);
        } catch (MistakeException e) {
            throw new IllegalStateException("not objected to before: " + text, e);
        }
        boolean found = sent.stream().anyMatch(wanted::matches);
        return found != absent
                ? Optional.empty()
                : Optional.of("what was sent to other nodes is " + sent);
    }

    @Override
    public synchronized List<String> unused() {
        return givens.stream().filter(it -> !used.contains(it)).map(Given::line).toList();
    }

    @Override
    public synchronized Optional<String> coming() {
        return coming.stream()
                .min(Comparator.naturalOrder())
                .map(it -> Duration.ofNanos(it - world.time().nanos()).toMillis())
                .map(Measure.DURATION::format)
                .map("the other node answers in %1$s ('wait %1$s' stands before it)"::formatted);
    }

    /** A dialog with a node that says what is given. */
    private final class Node implements NodeLink {
        private final Receiver receiver;
        private final String tid;
        private int screens;

        Node(Receiver receiver) {
            this.receiver = receiver;
            synchronized (NodeStandIn.this) {
                dialogs++;
                tid = "%08x".formatted(dialogs);
            }
        }

        @Override
        public String localTid() {
            return tid;
        }

        @Override
        public Party local() {
            return US;
        }

        @Override
        public Optional<String> send(FarOutgoing message) {
            switch (message) {
                case FarOutgoing.Answer answer -> say(next(Sent.text(text(answer.text()))));
                case FarOutgoing.Acknowledge a -> say(next(Sent.acknowledgement()));
                case FarOutgoing.Fail fail -> say(next(Sent.error(fail.code())));
                case FarOutgoing.Abort a -> {}
            }
            return Optional.empty();
        }

        @Override
        public void forget() {}

        void say(@Nullable Says says) {
            FarIncoming message = message(says);
            if (message == null) {
                return; // and the script waits in vain
            }
            if (says == null || says.after() == null) {
                receiver.arrived(message);
            } else {
                long at = world.time().nanos() + says.after().toNanos();
                synchronized (NodeStandIn.this) {
                    coming.add(at);
                }
                world.time().after(says.after(), () -> arrive(at, message));
            }
        }

        private void arrive(long at, FarIncoming message) {
            synchronized (NodeStandIn.this) {
                coming.remove(at);
            }
            receiver.arrived(message);
        }

        /** Null: it says nothing. */
        private @Nullable FarIncoming message(@Nullable Says says) {
            if (says == null) {
                return new FarIncoming.Aborted(Cause.USER, "the test does not say what comes");
            }
            return switch (says.kind()) {
                case "menu" -> said(new Word.Shows(++screens, true, ussd(says)), false);
                case "notify" -> said(new Word.Shows(++screens, false, ussd(says)), false);
                case "final" ->
                        said(new Word.Finishes("".equals(says.text()) ? null : ussd(says)), true);
                case "error" -> said(new Word.Fails(says.code()), true);
                case "closed" -> new FarIncoming.Said(List.of(), true);
                case "abort" -> new FarIncoming.Aborted(Cause.USER, "TC-U-ABORT");
                case "refused" -> new FarIncoming.Aborted(Cause.REFUSED, "refused");
                case "unreachable" ->
                        new FarIncoming.Aborted(Cause.UNDELIVERED, "no link leads there");
                case "protocol" -> said(new Word.Wrong("what no node says"), false);
                case "undecodable" ->
                        said(new Word.Finishes(new UssdString(Dcs.UCS2, new byte[1])), true);
                default -> null;
            };
        }

        private static FarIncoming said(Word word, boolean last) {
            return new FarIncoming.Said(List.of(word), last);
        }

        private UssdString ussd(Says says) {
            String text = says.text() == null ? "" : says.text();
            try {
                return UssdString.encode(text, Dcs.UNSPECIFIED);
            } catch (UnsendableText e) {
                world.fault()
                        .accept("given ussd: no node can send \"" + text + "\": " + e.getMessage());
                return new UssdString(Dcs.UNSPECIFIED, new byte[0]);
            }
        }
    }
}
