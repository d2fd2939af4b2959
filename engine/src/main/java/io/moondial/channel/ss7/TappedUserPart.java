package io.moondial.channel.ss7;

import java.io.IOException;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitiveFactory;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPart;
import org.restcomm.protocols.ss7.mtp.Mtp3UserPartListener;
import org.restcomm.protocols.ss7.mtp.RoutingLabelFormat;
import org.restcomm.ss7.congestion.ExecutorCongestionMonitor;

/**
 * A user part whose outgoing messages the taps see first. What it cannot send is told aside: the
 * layers above would take an exception for a fault of their own.
 *
 * @param maxMessage how many octets a message may have where the part itself would take more
 */
record TappedUserPart(Mtp3UserPart part, Taps taps, Aside<String> undelivered, int maxMessage)
        implements Mtp3UserPart {
    @Override
    public void sendMessage(Mtp3TransferPrimitive message) {
        taps.seen(true, message);
        try {
            part.sendMessage(message);
        } catch (IOException e) {
            undelivered.say(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void start() throws Exception {
        part.start();
    }

    @Override
    public void stop() throws Exception {
        part.stop();
    }

    @Override
    public void addMtp3UserPartListener(Mtp3UserPartListener listener) {
        part.addMtp3UserPartListener(listener);
    }

    @Override
    public void removeMtp3UserPartListener(Mtp3UserPartListener listener) {
        part.removeMtp3UserPartListener(listener);
    }

    @Override
    public Mtp3TransferPrimitiveFactory getMtp3TransferPrimitiveFactory() {
        return part.getMtp3TransferPrimitiveFactory();
    }

    @Override
    public int getMaxUserDataLength(int dpc) {
        return Math.min(maxMessage, part.getMaxUserDataLength(dpc));
    }

    @Override
    public RoutingLabelFormat getRoutingLabelFormat() {
        return part.getRoutingLabelFormat();
    }

    @Override
    public void setRoutingLabelFormat(RoutingLabelFormat format) throws Exception {
        part.setRoutingLabelFormat(format);
    }

    @Override
    public boolean isUseLsbForLinksetSelection() {
        return part.isUseLsbForLinksetSelection();
    }

    @Override
    public void setUseLsbForLinksetSelection(boolean use) throws Exception {
        part.setUseLsbForLinksetSelection(use);
    }

    @Override
    public int getDeliveryMessageThreadCount() {
        return part.getDeliveryMessageThreadCount();
    }

    @Override
    public void setDeliveryMessageThreadCount(int count) throws Exception {
        part.setDeliveryMessageThreadCount(count);
    }

    @Override
    public ExecutorCongestionMonitor getExecutorCongestionMonitor() {
        return part.getExecutorCongestionMonitor();
    }
}
