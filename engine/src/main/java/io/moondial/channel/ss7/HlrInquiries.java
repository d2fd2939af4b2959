package io.moondial.channel.ss7;

import io.moondial.channel.Address;
import io.moondial.channel.Channel.NotBegunException;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.RoutingInfo;
import io.moondial.channel.RoutingQuery;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.dialog.Incoming.Aborted.Cause;
import io.moondial.metrics.Counters;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks HLRs where subscribers are (sendRoutingInfoForSM, 3GPP TS 29.002 12.1), with version 3 of
 * MAP and, if the HLR refuses that, with version 2. Nothing is believed of what an HLR answers.
 */
final class HlrInquiries {
    private static final Logger log = LoggerFactory.getLogger(HlrInquiries.class);
    private static final int INVOKE_ID = 1;

    /**
     * informServiceCentre (3GPP TS 29.002 12.6): an HLR adds it if messages wait for a subscriber.
     */
    private static final int INFORM_SERVICE_CENTRE = 63;

    private final Counters counters;
    private final Address serviceCentre;
    private final Links links;
    private final OlderHlrs older;

    /** Makes the links of dialogs in which nothing was sent yet. */
    interface Links {
        /** One with this node, from this subsystem of ours. */
        MapLink unsent(Party called, int ssn, MAPApplicationContext context)
                throws MAPException, NotBegunException;
    }

    /**
     * Inquiries of a point.
     *
     * @param counters takes {@code map.sri_sm.*} and {@code map.errors.sri_sm.CODE}
     * @param globalTitle the point's own, which asks
     */
    HlrInquiries(Counters counters, String globalTitle, Links links) {
        this.counters = counters;
        this.serviceCentre = Address.international(globalTitle);
        this.links = links;
        older = new OlderHlrs(System::nanoTime);
    }

    /**
     * Asks. If no link takes the question, the receiver learns that nobody was asked, before this
     * returns.
     *
     * @throws MAPException if the stack refuses to send; nothing of it stays
     */
    void ask(RoutingQuery query, Consumer<RoutingInfo> receiver)
            throws MAPException, NotBegunException {
        int version =
                older.knows(query.hlr()) ? SmRouting.OLDEST_VERSION : SmRouting.NEWEST_VERSION;
        new Inquiry(query, receiver).begin(version);
    }

    /** One question, in one dialog or, if the first is refused, in two. */
    private final class Inquiry {
        private final RoutingQuery query;
        private final Consumer<RoutingInfo> receiver;
        private final AtomicBoolean told = new AtomicBoolean();

        Inquiry(RoutingQuery query, Consumer<RoutingInfo> receiver) {
            this.query = query;
            this.receiver = receiver;
        }

        void begin(int version) throws MAPException, NotBegunException {
            MapLink link = links.unsent(query.hlr(), query.ssn(), SmRouting.context(version));
            boolean begun = false;
            try {
                counters.increment("map.sri_sm.asked");
                if (version == SmRouting.OLDEST_VERSION) {
                    counters.increment("map.sri_sm.version_2");
                }
                Asked asked = new Asked(version, link);
                link.receiver(asked);
                link.begin(
                        INVOKE_ID,
                        SmRouting.OPERATION,
                        new SmRouting.Argument(
                                Address.international(query.msisdn()), serviceCentre),
                        query.answerWithin());
                asked.hasLeft = true;
                begun = true;
            } finally {
                if (!begun) {
                    link.forget();
                }
            }
        }

        private void beginAgain() {
            try {
                begin(SmRouting.OLDEST_VERSION);
            } catch (MAPException e) {
                fail(Cause.ENGINE, "it cannot be asked again: " + e.getMessage());
            } catch (NotBegunException e) {
                tell(new RoutingInfo.NotAsked(String.valueOf(e.getMessage())));
            }
        }

        private void fail(Cause cause, String how) {
            tell(new RoutingInfo.Failed(cause, how));
        }

        private void tell(RoutingInfo info) {
            if (!told.compareAndSet(false, true)) {
                return;
            }
            switch (info) {
                case RoutingInfo.Found found -> counters.increment("map.sri_sm.found");
                case RoutingInfo.Refused(int code) ->
                        UssdDesk.countError(counters, SmRouting.OPERATION, code);
                case RoutingInfo.NotAsked notAsked ->
                        counters.increment("map.sri_sm.failed.not_asked");
                case RoutingInfo.Failed(Cause cause, String how) ->
                        counters.increment(
                                "map.sri_sm.failed." + cause.name().toLowerCase(Locale.ROOT));
            }
            receiver.accept(info);
        }

        /** The question in one version; on a network thread, under the dialog's lock. */
        private final class Asked implements MessageLink.Receiver {
            private final int version;
            private final MapLink link;

            /** Whether what comes back undelivered was on its way. */
            private volatile boolean hasLeft;

            Asked(int version, MapLink link) {
                this.version = version;
                this.link = link;
            }

            @Override
            public void arrived(Message message) {
                switch (message) {
                    case Message.Continue(var components) -> continued(components);
                    case Message.End(var components) -> {
                        RoutingInfo answer = answer(components);
                        answered(answer == null ? withoutResult("TC-END", components) : answer);
                    }
                    case Message.Abort(Cause cause, String reason) -> aborted(cause, reason);
                }
            }

            private void aborted(Cause cause, String reason) {
                if (cause == Cause.REFUSED && version > SmRouting.OLDEST_VERSION) {
                    beginAgain();
                } else if (cause == Cause.UNDELIVERED && !hasLeft) {
                    tell(new RoutingInfo.NotAsked(reason));
                } else {
                    fail(cause, reason);
                }
            }

            /** An answer leaves nothing to say. */
            private void continued(List<Component> components) {
                RoutingInfo answer = answer(components);
                end(
                        answer == null
                                ? new Message.Abort("no result came")
                                : new Message.End(List.of()));
                answered(answer == null ? withoutResult("TC-CONTINUE", components) : answer);
            }

            private void end(Message message) {
                try {
                    link.send(message);
                } catch (DialogGoneException | IllegalStateException e) {
                    log.debug("{} could not be ended: {}", link.localTid(), e.getMessage());
                    link.forget();
                }
            }

            private void answered(RoutingInfo info) {
                boolean understood =
                        info instanceof RoutingInfo.Found || info instanceof RoutingInfo.Refused;
                if (understood && version == SmRouting.OLDEST_VERSION) {
                    older.add(query.hlr());
                }
                tell(info);
            }

            /** What the components say to our question; null: nothing. */
            private @Nullable RoutingInfo answer(List<Component> components) {
                for (Component component : components) {
                    RoutingInfo answer = answer(component);
                    if (answer != null) {
                        return answer;
                    }
                }
                return null;
            }

            private @Nullable RoutingInfo answer(Component component) {
                return switch (component) {
                    case Component.Located(int id, String imsi, String node) when id == INVOKE_ID ->
                            new RoutingInfo.Found(imsi, node);
                    case Component.ErrorReturned(int id, int code) when id == INVOKE_ID ->
                            new RoutingInfo.Refused(code);
                    case Component.Rejected(var id, String problem) ->
                            rubbish("Reject: " + problem);
                    case Component.Undecodable(int id, int operation, String why)
                            when id == INVOKE_ID && operation != INFORM_SERVICE_CENTRE ->
                            rubbish(why);
                    default -> null;
                };
            }

            private RoutingInfo withoutResult(String what, List<Component> components) {
                return rubbish(
                        "%s without a result, with %d other components"
                                .formatted(what, components.size()));
            }

            private RoutingInfo rubbish(String why) {
                return new RoutingInfo.Failed(
                        Cause.PROVIDER, "the HLR's answer is of no use: " + why);
            }
        }
    }

    /**
     * The HLRs that have answered in version 2 only: for an hour they are not asked in version 3
     * first, which costs a message each way. If there are too many, the oldest is forgotten, and
     * asked in version 3 first again.
     */
    static final class OlderHlrs {
        static final int MAX = 10_000;
        static final Duration KEPT = Duration.ofHours(1);

        private final LongSupplier nanos;

        /** Since when, the oldest first. */
        private final Map<Party, Long> since = new LinkedHashMap<>();

        OlderHlrs(LongSupplier nanos) {
            this.nanos = nanos;
        }

        synchronized void add(Party hlr) {
            if (!since.containsKey(hlr) && since.size() == MAX) {
                since.remove(since.keySet().iterator().next());
            }
            since.putIfAbsent(hlr, nanos.getAsLong());
        }

        synchronized boolean knows(Party hlr) {
            Long added = since.get(hlr);
            if (added != null && nanos.getAsLong() - added >= KEPT.toNanos()) {
                since.remove(hlr);
                return false;
            }
            return added != null;
        }
    }
}
