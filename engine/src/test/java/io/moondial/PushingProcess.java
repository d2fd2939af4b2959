package io.moondial;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.handset.Handset;
import io.moondial.handset.Subscribers;
import io.moondial.push.PushOrder;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.Pushes.Submission;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * An engine in a process of its own that is ordered pushes without end, until it is killed. It says
 * on its output each push that it has accepted ("accepted ID NUMBER ."), and each dialog that its
 * handsets were begun with ("begun NUMBER .").
 */
final class PushingProcess {
    /** How many pushes have not ended at the same time. */
    static final int OUTSTANDING = 20;

    private static final String RULES =
            """
            process: {triggers: [{script_key: main}]}
            push: {route: hlr, rate: 1000, expires: 1h}
            kv: {timeout: 1m}
            edr: {directory: edr}
            """;

    private PushingProcess() {}

    static Process start(Path folder, long first) throws IOException {
        return new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PushingProcess.class.getName(),
                                folder.toString(),
                                Long.toString(first)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** An engine on the store in this folder, which goes on with what is there. */
    static Engine engine(Path folder, PrintStream out) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'Hello'");
        Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
        Engine engine = new Engine(Configuration.read(rules));
        Subscribers subscribers = new Subscribers();
        subscribers.others(handset -> takes(handset, out));
        engine.handsets().receive(subscribers);
        engine.start();
        return engine;
    }

    /** A handset that says what it is shown, and answers. */
    private static Handset.Eyes takes(Handset handset, PrintStream out) {
        return (screen, received) -> {
            try {
                switch (screen) {
                    case io.moondial.handset.Screen.Menu menu -> {
                        out.println("begun " + menu.text() + " .");
                        handset.answer(menu, "1");
                    }
                    case io.moondial.handset.Screen.Notify notify -> {
                        out.println("begun " + notify.text() + " .");
                        handset.acknowledge(notify);
                    }
                    default -> {} // the dialog is over
                }
            } catch (UnsendableText | DialogGoneException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true);
        Engine engine = engine(Path.of(arguments[0]), out);
        Semaphore room = new Semaphore(OUTSTANDING);
        for (long number = Long.parseLong(arguments[1]); ; number++) {
            room.acquire();
            String msisdn = Long.toString(number);
            Screen screen = number % 2 == 0 ? Screen.NOTIFY : Screen.MENU;
            PushOrder order =
                    new PushOrder(
                            msisdn,
                            new PushOrder.Text(screen, msisdn),
                            Priority.NORMAL,
                            "test",
                            null,
                            null,
                            isAtLeastOnce(number),
                            false,
                            null);
            var _ = engine.pushes().submit(order).thenAccept(it -> taken(engine, it, room, out));
        }
    }

    static boolean isAtLeastOnce(long number) {
        return number % 5 == 0;
    }

    private static void taken(
            Engine engine, Submission submission, Semaphore room, PrintStream out) {
        if (!(submission instanceof Submission.Accepted accepted)) {
            out.println("refused: " + submission);
            return;
        }
        String id = accepted.report().id();
        out.println("accepted " + id + " " + accepted.report().msisdn() + " .");
        var _ = engine.pushes().ended(id).whenComplete((_, _) -> room.release());
    }
}
