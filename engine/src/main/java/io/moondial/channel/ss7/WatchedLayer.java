package io.moondial.channel.ss7;

import org.restcomm.protocols.ss7.mtp.Mtp3EndCongestionPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3PausePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3ResumePrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3StatusPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;

/**
 * A layer above a user part, of which the part learns when it has taken a message in. Two of the
 * same are equal, so that a part finds one again that it was given.
 *
 * @param taken told after each message, whatever became of it
 */
public record WatchedLayer(Mtp3UserPartListener layer, Runnable taken)
        implements Mtp3UserPartListener {
    @Override
    public void onMtp3TransferMessage(Mtp3TransferPrimitive message) {
        try {
            layer.onMtp3TransferMessage(message);
        } finally {
            taken.run();
        }
    }

    @Override
    public void onMtp3PauseMessage(Mtp3PausePrimitive message) {
        layer.onMtp3PauseMessage(message);
    }

    @Override
    public void onMtp3ResumeMessage(Mtp3ResumePrimitive message) {
        layer.onMtp3ResumeMessage(message);
    }

    @Override
    public void onMtp3StatusMessage(Mtp3StatusPrimitive message) {
        layer.onMtp3StatusMessage(message);
    }

    @Override
    public void onMtp3EndCongestionMessage(Mtp3EndCongestionPrimitive message) {
        layer.onMtp3EndCongestionMessage(message);
    }
}
