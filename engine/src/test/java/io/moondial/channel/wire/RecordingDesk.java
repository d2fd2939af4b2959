package io.moondial.channel.wire;

import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.Opening;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A desk that keeps what it is told. */
final class RecordingDesk implements MessageDesk {
    static final int PATIENCE_SECONDS = Integer.getInteger("patience", 60);

    private final BlockingQueue<Begun> begun = new LinkedBlockingQueue<>();
    private final BlockingQueue<Refusal> refused = new LinkedBlockingQueue<>();
    private final Queue<MessageLink> links = new ConcurrentLinkedQueue<>();

    /** What the engine's side was told. */
    record Begun(int invokeId, Opening opening, MessageLink link, BlockingQueue<Message> messages) {
        Message next() throws InterruptedException {
            return take(messages, "a message");
        }
    }

    @Override
    public MessageLink.Receiver begun(Begin begin, MessageLink link) {
        Begun dialog =
                new Begun(begin.invokeId(), begin.opening(), link, new LinkedBlockingQueue<>());
        links.add(link);
        begun.add(dialog);
        return dialog.messages::add;
    }

    @Override
    public void refused(Refusal refusal) {
        refused.add(refusal);
    }

    Begun dialog() throws InterruptedException {
        return take(begun, "a dialog");
    }

    Refusal refusal() throws InterruptedException {
        return take(refused, "a refusal");
    }

    /** Lets go of every dialog that a test has left open, and of what nobody took. */
    void forget() {
        for (MessageLink link = links.poll(); link != null; link = links.poll()) {
            link.forget();
        }
        begun.clear();
        refused.clear();
    }

    static <T> T take(BlockingQueue<T> queue, String what) throws InterruptedException {
        T taken = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError(what + " did not come");
        }
        return taken;
    }
}
