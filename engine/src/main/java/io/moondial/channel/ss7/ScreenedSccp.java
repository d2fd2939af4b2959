package io.moondial.channel.ss7;

import io.moondial.channel.ss7.Drops.SccpWords;
import io.moondial.channel.ss7.SignallingLimits.OriginCheck;
import io.moondial.channel.ss7.screening.SccpScreening;
import io.moondial.channel.ss7.screening.SccpScreening.SccpData;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.time.SystemTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.indicator.RoutingIndicator;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.sccp.RemoteSignalingPointCode;
import org.restcomm.protocols.ss7.sccp.RemoteSubSystem;
import org.restcomm.protocols.ss7.sccp.SccpManagementEventListener;
import org.restcomm.protocols.ss7.sccp.SccpResource;
import org.restcomm.protocols.ss7.sccp.impl.SccpProviderImpl;
import org.restcomm.protocols.ss7.sccp.impl.SccpRoutingControl;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.sccp.impl.message.SccpAddressedMessageImpl;
import org.restcomm.protocols.ss7.sccp.impl.message.SccpNoticeMessageImpl;
import org.restcomm.protocols.ss7.sccp.parameter.RefusalCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.ReturnCauseValue;
import org.restcomm.protocols.ss7.sccp.parameter.SccpAddress;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterface;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * SCCP that drops what is not for us, what it could not read, and what it would keep too much of.
 */
final class ScreenedSccp extends SccpStackImpl {
    private static final int SCCP = 3;

    private final SignallingPlan plan;
    private final boolean knownOriginsOnly;
    private final Taps taps;
    private final Drops drops;
    private final Routing.Reach reach;
    private final Reassemblies reassemblies;
    private final LinksBelow links;
    private final AnswerRate answers;

    /** Whether the stack has read what this thread handed to it. */
    private final ThreadLocal<boolean[]> read = ThreadLocal.withInitial(() -> new boolean[1]);

    private final SendContext<String> undelivered;

    /**
     * An SCCP that is not started.
     *
     * @param links that messages come over
     * @param answers to strangers
     */
    ScreenedSccp(
            SignallingPlan plan,
            Ss7ExtInterface extension,
            Taps taps,
            Drops drops,
            SendContext<String> undelivered,
            LinksBelow links,
            AnswerRate answers) {
        super(plan.name(), extension);
        this.plan = plan;
        knownOriginsOnly = plan.limits().tcap().guards().originCheck() != OriginCheck.OFF;
        this.taps = taps;
        this.drops = drops;
        reach = new Routing.Reach(links::leadsTo);
        reassemblies =
                new Reassemblies(
                        plan,
                        links,
                        Duration.ofMillis(getReassemblyTimerDelay()),
                        System::nanoTime);
        this.undelivered = undelivered;
        this.links = links;
        this.answers = answers;
    }

    @Override
    public void start() {
        super.start();
        sccpRoutingControl =
                new Routing(
                        sccpProvider,
                        this,
                        reach,
                        drops,
                        undelivered,
                        answers,
                        () -> read.get()[0] = true);
        sccpRoutingControl.setSccpManagement(sccpManagement);
        sccpManagement.setSccpRoutingControl(sccpRoutingControl);
        sccpProvider.registerManagementEventListener(new SubsystemWatch(getSccpResource()));
    }

    @Override
    public void onMtp3TransferMessage(Mtp3TransferPrimitive message) {
        taps.seen(false, message);
        if (message.getSi() != SCCP) {
            drops.drop(
                    "sccp.dropped.not_sccp",
                    "dropped a message from point code {}: its service indicator is {}, SCCP's is 3",
                    message.getOpc(),
                    message.getSi());
        } else if (message.getDpc() != plan.pointCode()) {
            // The stack would send it on to points that it knows, as an STP does.
            drops.drop(
                    "sccp.dropped.other_point_code",
                    "dropped a message from point code {}: it is for point code {}, ours is {}",
                    message.getOpc(),
                    message.getDpc(),
                    plan.pointCode());
        } else if (knownOriginsOnly && !plan.names(message.getOpc())) {
            drops.drop(
                    "sccp.dropped.unknown_origin",
                    "dropped a message from point code {}, which point_codes does not name",
                    message.getOpc());
        } else if (knownOriginsOnly && !links.cameOverLinkTo(message.getOpc())) {
            drops.drop(
                    "sccp.dropped.other_link",
                    "dropped a message from point code {}: it came over an association whose application servers do not name that point under point_codes",
                    message.getOpc());
        } else {
            screen(message);
        }
    }

    private void screen(Mtp3TransferPrimitive message) {
        String complaint = SccpScreening.complaint(message.getData());
        if (complaint != null) {
            drops.drop(
                    "sccp.dropped.malformed",
                    "dropped a message from point code {}: {}",
                    message.getOpc(),
                    complaint);
            return;
        }
        SccpData data = SccpData.find(message.getData(), 0);
        SccpData.Segment segment = data == null ? null : data.segment();
        if (segment == null || (segment.first() && segment.remaining() == 0)) {
            handOver(message, true);
        } else if (isTaken(message, segment)) {
            handOver(message, !segment.first() && segment.remaining() == 0);
        }
    }

    private boolean isTaken(Mtp3TransferPrimitive message, SccpData.Segment segment) {
        String calling = HexFormat.of().formatHex(SccpData.calling(message.getData()));
        Reassemblies.Verdict verdict = reassemblies.arrived(message.getOpc(), calling, segment);
        switch (verdict) {
            case TAKEN -> {
                return true;
            }
            case TOO_MANY -> dropSegment("reassemblies", message, calling, "max_reassemblies");
            case TOO_MANY_OF_ITS_LINK ->
                    dropSegment(
                            "reassemblies_of_association",
                            message,
                            calling,
                            "its association's share of max_reassemblies");
            case TOO_MANY_OF_ITS_FAR_END ->
                    dropSegment(
                            "reassemblies_of_far_end",
                            message,
                            calling,
                            "max_reassemblies_per_far_end");
            case WITHOUT_FIRST ->
                    drops.drop(
                            "sccp.dropped.segment_without_first",
                            "dropped a segment from point code {}, calling party {}: its first segment did not come",
                            message.getOpc(),
                            calling);
        }
        return false;
    }

    private void dropSegment(
            String counter, Mtp3TransferPrimitive message, String calling, String key) {
        drops.drop(
                "sccp.dropped." + counter,
                "dropped a first segment from point code {}, calling party {}: as many messages wait for their last one as {} allows",
                message.getOpc(),
                calling,
                key);
    }

    /**
     * The stack takes it in.
     *
     * @param whole whether it must get as far as routing; what does not the stack could not read
     */
    private void handOver(Mtp3TransferPrimitive message, boolean whole) {
        boolean[] mine = read.get();
        mine[0] = false;
        super.onMtp3TransferMessage(message);
        if (whole && !mine[0]) {
            drops.drop(
                    "sccp.dropped.unreadable",
                    "dropped a message of {} octets from point code {}, which the stack cannot read",
                    message.getData().length, // what is in them may be a secret answer
                    message.getOpc());
        }
    }

    @Override
    public void onMtp3PauseMessage(Mtp3PausePrimitive message) {
        reach.lost(message.getAffectedDpc());
        super.onMtp3PauseMessage(message);
    }

    @Override
    public void onMtp3ResumeMessage(Mtp3ResumePrimitive message) {
        reach.found(message.getAffectedDpc());
        super.onMtp3ResumeMessage(message);
    }

    /**
     * SCCP's routing, which reports every message that cannot be delivered. The sender of one of
     * ours learns it at once; the stack would report it later by a notice, when the dialog that the
     * message ended no longer exists. About an incoming message the stack says nothing, except for
     * the UDTS if that was asked for.
     */
    private static final class Routing extends SccpRoutingControl {
        private static final int MANAGEMENT = 1;

        private final SccpProviderImpl provider;
        private final SccpStackImpl stack;
        private final Reach reach;
        private final Drops drops;
        private final SendContext<String> undelivered;
        private final AnswerRate answers;
        private final Runnable read;

        /**
         * A routing that is not started.
         *
         * @param answers that go back to senders of what cannot be delivered, among others
         * @param read told about each message from the network that the stack has read and made
         *     whole
         */
        Routing(
                SccpProviderImpl provider,
                SccpStackImpl stack,
                Reach reach,
                Drops drops,
                SendContext<String> undelivered,
                AnswerRate answers,
                Runnable read) {
            super(provider, stack);
            this.provider = provider;
            this.stack = stack;
            this.reach = reach;
            this.drops = drops;
            this.undelivered = undelivered;
            this.answers = answers;
            this.read = read;
        }

        /** A message from the network. */
        @Override
        protected void routeMssgFromMtp(SccpAddressedMessageImpl message) throws Exception {
            read.run();
            SccpAddress called = message.getCalledPartyAddress();
            if (called.getSubsystemNumber() == MANAGEMENT && isOnTitle(called)) {
                // SCMG is between neighbours (ITU-T Q.714 5): through others' titles comes none.
                drops.drop(
                        "sccp.dropped.management_by_title",
                        "dropped a message from point code {} to {}: SCCP management is not called by a title",
                        message.getIncomingOpc(),
                        SccpWords.of(called));
                return;
            }
            super.routeMssgFromMtp(message);
        }

        private static boolean isOnTitle(SccpAddress address) {
            return address.getAddressIndicator().getRoutingIndicator()
                    == RoutingIndicator.ROUTING_BASED_ON_GLOBAL_TITLE;
        }

        @Override
        public void sendSccpError(
                SccpAddressedMessageImpl message, ReturnCauseValue cause, RefusalCauseValue refusal)
                throws Exception {
            if (message.getIsMtpOriginated()) {
                ReturnCauseValue exact = exact(message, cause);
                Return back = back(message);
                tell(message, exact, back);
                if (back == Return.SENT) {
                    super.sendSccpError(message, exact, refusal);
                }
                return;
            }
            String why =
                    "SCCP has no route to %s: %s"
                            .formatted(
                                    SccpWords.of(message.getCalledPartyAddress()),
                                    why(message.getCalledPartyAddress(), cause));
            if (message instanceof SccpNoticeMessageImpl) {
                drops.drop("sccp.unreturnable", "a message could not be returned: {}", why);
            } else {
                undelivered.say(why);
            }
            super.sendSccpError(message, cause, refusal);
        }

        /** The stack takes a subsystem that is not ours for one of ours that has failed. */
        private ReturnCauseValue exact(SccpAddressedMessageImpl message, ReturnCauseValue cause) {
            return cause == ReturnCauseValue.SUBSYSTEM_FAILURE
                            && provider.getSccpListener(
                                            message.getCalledPartyAddress().getSubsystemNumber())
                                    == null
                    ? ReturnCauseValue.UNEQUIPED_USER
                    : cause;
        }

        /** What becomes of a message from the network that cannot be delivered. */
        private enum Return {
            SENT("returned to its sender"),
            NOT_ASKED_FOR("its sender did not ask for its return"),
            TOO_MANY("not returned: as many answers went out within this second as are allowed");

            private final String words;

            Return(String words) {
                this.words = words;
            }
        }

        private Return back(SccpAddressedMessageImpl message) {
            if (!message.getReturnMessageOnError()) {
                return Return.NOT_ASKED_FOR;
            }
            if (answers.allows(message)) {
                return Return.SENT;
            }
            drops.count("sccp.unreturned");
            return Return.TOO_MANY;
        }

        private void tell(SccpAddressedMessageImpl message, ReturnCauseValue cause, Return back) {
            drops.drop(
                    "sccp.dropped." + SccpWords.counter(cause),
                    "dropped a message from point code {} (calling party: {}) to {}: {}; {}",
                    message.getIncomingOpc(),
                    SccpWords.of(message.getCallingPartyAddress()),
                    SccpWords.of(message.getCalledPartyAddress()),
                    SccpWords.of(cause),
                    back.words);
        }

        private String why(SccpAddress called, ReturnCauseValue cause) {
            int point = called.getSignalingPointCode();
            int subsystem = called.getSubsystemNumber();
            SccpResource known = stack.getSccpResource();
            return switch (cause) {
                case MTP_FAILURE -> reach.why(point);
                case SCCP_FAILURE ->
                        known.getRemoteSpcByPC(point) == null
                                ? "point code %d is not among point_codes".formatted(point)
                                : known.getRemoteSsn(point, subsystem) == null && !isOnTitle(called)
                                        ? "subsystem %d of point code %d is not among remote_subsystems"
                                                .formatted(subsystem, point)
                                        : SccpWords.of(cause);
                case SUBSYSTEM_FAILURE ->
                        "subsystem %d of point code %d is out of service, as the far side says (SSP)"
                                .formatted(subsystem, point);
                default -> SccpWords.of(cause);
            };
        }

        /** Since when points cannot be reached, and why. */
        static final class Reach {
            private final IntPredicate linked;
            private final Map<Integer, Instant> lost = new ConcurrentHashMap<>();

            /**
             * No point has been lost yet.
             *
             * @param linked whether a link leads to a point
             */
            Reach(IntPredicate linked) {
                this.linked = linked;
            }

            void lost(int pointCode) {
                lost.putIfAbsent(pointCode, Instant.now().truncatedTo(ChronoUnit.SECONDS));
            }

            void found(int pointCode) {
                lost.remove(pointCode);
            }

            /** In words, of a point that cannot be reached. */
            String why(int pointCode) {
                Instant since = lost.get(pointCode);
                return "point code %d cannot be reached (%s)"
                        .formatted(pointCode, why(pointCode, since));
            }

            private String why(int pointCode, @Nullable Instant since) {
                if (linked.test(pointCode)) {
                    return since == null
                            ? "the far side has not said yet that it can"
                            : "DUNA since " + since;
                }
                return since == null
                        ? "there was no link to it yet"
                        : "no link leads to it since " + since;
            }
        }
    }

    /**
     * Logs what the far side says of its SCCP and of its subsystems (SCMG, ITU-T Q.714 5; DUPU of
     * M3UA): each change once, up to a limit. Of a point that is out of reach nothing is said here.
     */
    private static final class SubsystemWatch implements SccpManagementEventListener {
        private static final Logger log = LoggerFactory.getLogger(SubsystemWatch.class);

        private static final String CAUSE = "changes of subsystems of the far side";

        private final RateLimitedLog lines = new RateLimitedLog(log, SystemTime.ofProcess());
        private final SccpResource resource;
        private final Set<String> outOfService = ConcurrentHashMap.newKeySet();

        SubsystemWatch(SccpResource resource) {
            this.resource = resource;
        }

        private void down(int pointCode, String what, String why) {
            RemoteSignalingPointCode point = resource.getRemoteSpcByPC(pointCode);
            boolean inReach = point != null && !point.isRemoteSpcProhibited();
            if (inReach && outOfService.add(what)) {
                lines.write(
                        Level.WARN,
                        CAUSE,
                        "{}: out of service, as the far side says ({})",
                        what,
                        why);
            }
        }

        private void up(String what) {
            if (outOfService.remove(what)) {
                lines.write(Level.INFO, CAUSE, "{}: in service again", what);
            }
        }

        private static String words(RemoteSubSystem subsystem) {
            return "subsystem %d of point code %d"
                    .formatted(subsystem.getRemoteSsn(), subsystem.getRemoteSpc());
        }

        private static String words(RemoteSignalingPointCode point) {
            return "SCCP of point code " + point.getRemoteSpc();
        }

        @Override
        public void onRemoteSubSystemDown(RemoteSubSystem subsystem) {
            down(subsystem.getRemoteSpc(), words(subsystem), "SSP");
        }

        @Override
        public void onRemoteSubSystemUp(RemoteSubSystem subsystem) {
            up(words(subsystem));
        }

        @Override
        public void onRemoteSccpDown(RemoteSignalingPointCode point) {
            down(point.getRemoteSpc(), words(point), "DUPU");
        }

        @Override
        public void onRemoteSccpUp(RemoteSignalingPointCode point) {
            up(words(point));
        }

        @Override
        public void onRemoteSpcUp(RemoteSignalingPointCode point) {}

        @Override
        public void onRemoteSpcDown(RemoteSignalingPointCode point) {}

        @Override
        public void onServiceStarted() {}

        @Override
        public void onServiceStopped() {}

        @Override
        public void onRemoveAllResources() {}
    }
}
