package io.moondial.history;

import com.sun.management.ThreadMXBean;
import io.moondial.channel.Address;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Outcome;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.dialog.DialogFact.Text;
import io.moondial.dialog.DialogKind;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the history costs: octets for an open and for an ended dialog, processor time and allocation
 * for each dialog of one menu. Begin it with the JVM settings of {@code ./ussd serve}.
 */
final class HistoryTimes {
    private static final int DIALOGS = 200_000;
    private static final int ROUNDS = 7;

    private HistoryTimes() {}

    public static void main(String[] args) throws Exception {
        open();
        ended();
        for (int i = 0; i < ROUNDS; i++) {
            time();
        }
    }

    private static void open() throws Exception {
        DialogHistory history = history(0);
        List<DialogIdentity> identities = new ArrayList<>();
        for (int i = 0; i < DIALOGS; i++) {
            identities.add(identity(i));
        }
        List<DialogListener> listeners = new ArrayList<>(DIALOGS);
        long before = heap();
        for (DialogIdentity identity : identities) {
            DialogListener listener = history.begun(identity);
            begin(identity, listener);
            listeners.add(listener);
        }
        System.out.printf(
                "an open dialog that shows a menu: %d octets, %d by its own estimate%n",
                (heap() - before) / DIALOGS, history.memory() / DIALOGS);
        for (int i = 0; i < DIALOGS; i++) {
            end(identities.get(i), listeners.get(i));
        }
    }

    private static void ended() throws Exception {
        long before = heap();
        DialogHistory history = history(DIALOGS);
        for (int i = 0; i < DIALOGS; i++) {
            DialogIdentity identity = identity(i);
            DialogListener listener = history.begun(identity);
            begin(identity, listener);
            end(identity, listener);
        }
        System.out.printf(
                "a dialog that has ended: %d octets, %d by its own estimate%n",
                (heap() - before) / DIALOGS, history.memory() / DIALOGS);
    }

    private static void time() throws Exception {
        DialogHistory history = history(10_000);
        List<DialogIdentity> identities = new ArrayList<>();
        for (int i = 0; i < DIALOGS; i++) {
            identities.add(identity(i));
        }
        heap();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long began = threads.getCurrentThreadCpuTime();
        for (DialogIdentity identity : identities) {
            DialogListener listener = history.begun(identity);
            begin(identity, listener);
            end(identity, listener);
        }
        System.out.printf(
                "a dialog of one menu: %d ns of processor time, %d octets allocated, those of its facts counted%n",
                (threads.getCurrentThreadCpuTime() - began) / DIALOGS,
                (threads.getCurrentThreadAllocatedBytes() - allocated) / DIALOGS);
    }

    private static DialogHistory history(int dialogs) {
        return new DialogHistory(new HistorySettings(dialogs, 1_000, 1L << 40, 32_768, 4_096));
    }

    private static void begin(DialogIdentity identity, DialogListener listener) {
        Instant at = Instant.now();
        listener.told(identity, at, new DialogFact.Begun());
        listener.told(
                identity,
                at,
                new DialogFact.Sending("balance.lua:" + at.getNano() % 100, false, false));
        listener.told(
                identity,
                at,
                new DialogFact.Shown(
                        Screen.MENU,
                        new Text(
                                "1. Balance\n2. Airtime\n3. Send money" + at.getNano() % 100,
                                false)));
    }

    private static void end(DialogIdentity identity, DialogListener listener) {
        Instant at = Instant.now();
        listener.told(identity, at, new DialogFact.Answered(new Text("1", false), false, false));
        listener.told(
                identity,
                at,
                new DialogFact.Sending("balance.lua:" + at.getNano() % 100, false, false));
        listener.told(
                identity, at, new DialogFact.Responded(new Text("Your balance is 12.50", false)));
        listener.told(identity, at, new DialogFact.Finished(new Outcome.Responded(), false));
    }

    private static DialogIdentity identity(int number) throws UnsendableText {
        Party local =
                new Party(
                        1_000 + number % 7,
                        6,
                        String.valueOf(27829000000L + number),
                        Party.ROUTE_ON_SSN);
        Party remote =
                new Party(
                        1_000 + number % 5,
                        6,
                        String.valueOf(27829000000L + number),
                        Party.ROUTE_ON_SSN);
        Opening opening =
                new Opening(
                        DialogKind.DIALLED,
                        UssdString.encode("*100#", Dcs.UNSPECIFIED),
                        new String("*100#".toCharArray()),
                        Address.international(String.valueOf(27761000000L + number)),
                        new Address(String.valueOf(655100000000000L + number), 1, 6),
                        null,
                        local,
                        remote,
                        "%08x".formatted(number),
                        "%08x".formatted(number + 1),
                        null);
        return new DialogIdentity(
                "Logic-1632976990-%08x".formatted(number), opening, "main", "1", "ussd");
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(200);
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
