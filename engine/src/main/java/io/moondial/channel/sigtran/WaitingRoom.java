package io.moondial.channel.sigtran;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.restcomm.protocols.ss7.mtp.Mtp3TransferPrimitive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages for an application server that only changes from one link to another (pending, RFC 4666
 * 4.3.2): they are tried again until there is a link, or they have waited in vain.
 */
final class WaitingRoom {
    private static final Logger log = LoggerFactory.getLogger(WaitingRoom.class);

    /** How many messages may wait. */
    private static final int ROOM = 10_000;

    /** How long: more than the two seconds that the layer leaves a server pending. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(3);

    private final BlockingQueue<Guest> guests = new LinkedBlockingQueue<>(ROOM);

    /** A message that waits for a link, and since when by the system's nanoseconds. */
    record Guest(Mtp3TransferPrimitive message, long since) {
        boolean inVain() {
            return System.nanoTime() - since > MAX_WAIT.toNanos();
        }
    }

    /** What sends a message, or takes it into the room again. */
    @FunctionalInterface
    interface Sender {
        /**
         * Sends it.
         *
         * @throws IOException where the message is lost
         */
        void send(Guest guest) throws IOException;
    }

    /** Takes a message in, where there is room and it has not waited in vain. */
    boolean takesIn(Guest guest) {
        return !guest.inVain() && guests.offer(guest);
    }

    /** Tries again what waits now; what waited in vain is told of together. */
    void tryAgain(Sender sender) {
        int lost = 0;
        for (int left = guests.size(); left > 0; left--) {
            var guest = guests.poll();
            if (guest != null && !sent(guest, sender)) {
                lost++;
            }
        }
        if (lost > 0) {
            log.warn("{} messages waited for another link, none came, and they are lost", lost);
        }
    }

    private static boolean sent(Guest guest, Sender sender) {
        try {
            sender.send(guest);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
