package io.moondial.channel.ss7;

import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogLink.DialogGoneException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The desk of a point where handsets are: it takes the dialogs that the engine begins. If nobody
 * takes them, the subscriber is absent.
 */
public final class HandsetDesk implements MessageDesk {
    private static final Logger log = LoggerFactory.getLogger(HandsetDesk.class);
    private static final int ABSENT_SUBSCRIBER = 27;

    private volatile FarSide.@Nullable Taker taker;

    /** Who takes dialogs from now on; null: nobody. */
    public void taker(FarSide.@Nullable Taker taker) {
        this.taker = taker;
    }

    @Override
    public boolean serves(int operation) {
        return operation == Operation.UNSTRUCTURED_SS_REQUEST
                || operation == Operation.UNSTRUCTURED_SS_NOTIFY;
    }

    @Override
    public MessageLink.Receiver begun(Begin begin, MessageLink link) {
        FarSide.Taker present = taker;
        if (present != null) {
            return present.begun(begin, link);
        }
        try {
            link.send(
                    new Message.End(
                            List.of(
                                    new Component.ErrorReturned(
                                            begin.invokeId(), ABSENT_SUBSCRIBER))));
        } catch (DialogGoneException e) {
            log.debug("{} ended before it could be refused", link.localTid());
        }
        return message -> {};
    }

    @Override
    public void refused(Refusal refusal) {
        log.warn("a message for the handsets is refused or dropped: {}", refusal.text());
    }
}
