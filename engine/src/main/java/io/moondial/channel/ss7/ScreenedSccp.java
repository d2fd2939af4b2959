package io.moondial.channel.ss7;

import io.moondial.channel.ss7.TellingRouting.Reach;
import io.moondial.channel.ss7.screening.SccpData;
import io.moondial.channel.ss7.screening.SccpScreening;
import java.time.Duration;
import java.util.HexFormat;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterface;

/**
 * SCCP that drops what is not for us, what it could not read, and what it would keep too much of.
 */
final class ScreenedSccp extends SccpStackImpl {
    private static final int SCCP = 3;

    private final SignallingPlan plan;
    private final boolean knownOriginsOnly;
    private final Taps taps;
    private final Drops drops;
    private final Reach reach;
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
        knownOriginsOnly = plan.limits().guards().originCheck() != OriginCheck.OFF;
        this.taps = taps;
        this.drops = drops;
        reach = new Reach(links::leadsTo);
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
                new TellingRouting(
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
}
