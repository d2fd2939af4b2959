package io.moondial.bench;

import io.moondial.bench.BenchSession.BenchException;
import io.moondial.channel.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.UnsendableText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One dialog held before, to learn what every other one has to see. */
final class Rehearsal {
    private Rehearsal() {}

    /**
     * Holds it.
     *
     * @param menus how many menus are answered; at one more the handset gives up
     * @throws BenchException if the dialog goes no way that a load could follow
     */
    static Talk hold(
            FarSide network, FarSide.Call call, String answer, int menus, Duration patience)
            throws BenchException, InterruptedException {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        Handset handset = Handset.begin(network, call, screens::add);
        List<Talk.Shown> seen = new ArrayList<>();
        int answered = 0;
        while (true) {
            Screen screen = screens.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (screen == null) {
                handset.vanish();
                throw new BenchException("the rehearsal got no screen behind " + seen);
            }
            seen.add(Talk.Shown.of(screen));
            if (screen.isLast()) {
                return new Talk(call, seen, answer);
            }
            if (screen instanceof Screen.Menu && ++answered > menus) {
                handset.vanish();
                throw new BenchException(
                        "the script shows more than %d menus, as --menus says: %s"
                                .formatted(menus, seen));
            }
            react(handset, screen, answer);
        }
    }

    private static void react(Handset handset, Screen screen, String answer) throws BenchException {
        try {
            if (screen instanceof Screen.Menu menu) {
                handset.answer(menu, answer);
            } else if (screen instanceof Screen.Notify notify) {
                handset.acknowledge(notify);
            }
        } catch (DialogGoneException | UnsendableText e) {
            throw new BenchException("the rehearsal cannot go on: " + e.getMessage());
        }
    }
}
