package io.starhash.network.ss7;

import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterface;

/** SCCP that drops what it could not read or would keep for ever. */
class ScreenedSccp extends SccpStackImpl {
    private static final int SCCP = 3;
    private static final int XUDT = 0x11;
    private static final int LUDT = 0x13;

    /**
     * Messages of which some segments have come. One that stays incomplete is dropped after the
     * reassembly timer of ten to twenty seconds, so this bounds what a flood of first segments
     * costs.
     */
    private static final int MAX_REASSEMBLIES = 4096;

    private final SignallingPlan plan;
    private final boolean knownOriginsOnly;
    private final Taps taps;
    private final Drops drops;
    private final Aside<String> undelivered;

    ScreenedSccp(
            SignallingPlan plan,
            Ss7ExtInterface extension,
            Taps taps,
            Drops drops,
            Aside<String> undelivered) {
        super(plan.name(), extension);
        this.plan = plan;
        knownOriginsOnly = plan.limits().guards().originCheck() != OriginCheck.OFF;
        this.taps = taps;
        this.drops = drops;
        this.undelivered = undelivered;
    }

    @Override
    public void start() {
        super.start();
        sccpRoutingControl = new TellingRouting(sccpProvider, this, undelivered);
        sccpRoutingControl.setSccpManagement(sccpManagement);
        sccpManagement.setSccpRoutingControl(sccpRoutingControl);
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
        } else {
            String complaint = complaint(message.getData());
            if (complaint == null) {
                super.onMtp3TransferMessage(message);
            } else {
                drops.drop(
                        "sccp.dropped.malformed",
                        "dropped a message from point code {}: {}",
                        message.getOpc(),
                        complaint);
            }
        }
    }

    private @Nullable String complaint(byte[] data) {
        String complaint = SccpScreening.complaint(data);
        boolean segment = complaint == null && (data[0] == XUDT || data[0] == LUDT);
        return segment && reassemblies() >= MAX_REASSEMBLIES
                ? MAX_REASSEMBLIES + " messages wait for their last segment"
                : complaint;
    }

    /** How many messages wait for their last segment. */
    @SuppressWarnings("SynchronizeOnNonFinalField") // the stack never assigns it anew, and does so
    int reassemblies() {
        synchronized (reassemplyCache) {
            return reassemplyCache.size();
        }
    }
}
