package io.starhash.network.ss7;

import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.sccp.impl.SccpStackImpl;
import org.restcomm.protocols.ss7.ss7ext.Ss7ExtInterface;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SCCP that drops what it could not read or would keep for ever. */
class ScreenedSccp extends SccpStackImpl {
    private static final Logger log = LoggerFactory.getLogger(ScreenedSccp.class);
    private static final int SCCP = 3;
    private static final int XUDT = 0x11;
    private static final int LUDT = 0x13;

    /**
     * Messages of which some segments have come. One that stays incomplete is dropped after the
     * reassembly timer of ten to twenty seconds, so this bounds what a flood of first segments
     * costs.
     */
    private static final int MAX_REASSEMBLIES = 4096;

    private final Taps taps;
    private final Aside<String> undelivered;

    ScreenedSccp(
            String name,
            @Nullable Ss7ExtInterface extension,
            Taps taps,
            Aside<String> undelivered) {
        super(name, extension);
        this.taps = taps;
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
        String complaint =
                message.getSi() == SCCP
                        ? complaint(message.getData())
                        : "its service indicator is " + message.getSi();
        if (complaint == null) {
            super.onMtp3TransferMessage(message);
        } else {
            log.debug("dropped a message from {}: {}", message.getOpc(), complaint);
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
