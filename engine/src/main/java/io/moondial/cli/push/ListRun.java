package io.moondial.cli.push;

import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.Answer;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.cli.push.PushCommand.Pause;
import io.moondial.cli.push.PushList.Order;
import io.moondial.text.LogText;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Orders the pushes of a list, one after the other, and sums up what became of them. */
final class ListRun {
    private static final int HTTP_NOT_FOUND = 404;

    /** The order was accepted before. */
    private static final int HTTP_OK = 200;

    private static final Set<Integer> LATER = Set.of(429, 503);

    /** How many orders there are between two lines of progress. */
    private static final int STEP = 1_000;

    /** Of so many refusals each is told. */
    private static final int MOST_TOLD = 20;

    private final AdminClient client;
    private final PushPrinter printer;
    private final PrintWriter err;
    private final Pause pause;

    /** Those that are waited for. */
    private final List<String> ids = new ArrayList<>();

    /** How many are in which state. */
    private final Map<String, Integer> states = new TreeMap<>();

    private int accepted;
    private int before;
    private int refused;
    private boolean waiting;

    /**
     * A run.
     *
     * @param printer is given each push: when it is accepted, or when it has ended if that is
     *     waited for
     */
    ListRun(AdminClient client, PushPrinter printer, PrintWriter err, Pause pause) {
        this.client = client;
        this.printer = printer;
        this.err = err;
        this.pause = pause;
    }

    /**
     * Orders all of them.
     *
     * @param wait also waits until all have ended
     * @return whether all were accepted, or all were completed if that is waited for
     */
    boolean run(PushList list, boolean wait)
            throws NotRunningException, RefusedException, InterruptedException {
        for (int i = 0; i < list.size(); i++) {
            order(list, i, wait);
            if ((i + 1) % STEP == 0 && i + 1 < list.size()) {
                tell("%d of %d are ordered".formatted(i + 1, list.size()));
            }
        }
        if (wait) {
            waitForAll();
        }
        if (refused > MOST_TOLD) {
            tell("%d more were refused".formatted(refused - MOST_TOLD));
        }
        List<String> sum = new ArrayList<>();
        states.forEach((state, count) -> sum.add(state + " " + count));
        tell(
                "%d accepted%s, %d refused%s"
                        .formatted(
                                accepted,
                                before == 0 ? "" : " (%d of them before)".formatted(before),
                                refused,
                                sum.isEmpty() ? "" : ": " + String.join(", ", sum)));
        return refused == 0 && (!wait || states.getOrDefault("completed", 0) == accepted);
    }

    private void order(PushList list, int index, boolean wait)
            throws NotRunningException, RefusedException, InterruptedException {
        Order order = list.order(index);
        while (true) {
            try {
                Answer answer =
                        client.post(PushCommand.PUSHES)
                                .header("Idempotency-Key", order.key())
                                .body(order.body())
                                .answerWithStatus();
                JsonNode report = answer.value();
                waiting = false;
                accepted++;
                before += answer.status() == HTTP_OK ? 1 : 0;
                if (wait) {
                    ids.add(report.path("push_id").asString(""));
                } else {
                    done(report);
                }
                return;
            } catch (RefusedException e) {
                if (!LATER.contains(e.status())) {
                    refuse(order, e);
                    return;
                }
                patience(list, index, e);
            } catch (NotRunningException e) {
                tell(
                        "%d of %d were ordered; the same command goes on with the rest"
                                .formatted(index, list.size()));
                throw e;
            }
        }
    }

    /** 404, 401 and 403 are of no order, but of all of them. */
    private void refuse(Order order, RefusedException e) throws RefusedException {
        if (Set.of(401, 403, HTTP_NOT_FOUND).contains(e.status())) {
            throw e;
        }
        refused++;
        if (refused <= MOST_TOLD) {
            tell("line %d is refused: %s".formatted(order.line(), message(e)));
        }
    }

    private void patience(PushList list, int index, RefusedException e)
            throws InterruptedException {
        if (!waiting) {
            tell("%d of %d are ordered; waiting: %s".formatted(index, list.size(), message(e)));
            waiting = true;
        }
        pause(e);
    }

    private void done(JsonNode report) {
        states.merge(report.path("state").asString("?"), 1, Integer::sum);
        printer.line(report);
    }

    /** In their order: while one is waited for, the others go on too. */
    private void waitForAll() throws NotRunningException, InterruptedException, RefusedException {
        tell("%d are accepted; waiting until they have ended".formatted(accepted));
        for (String id : ids) {
            try {
                done(ended(id));
            } catch (RefusedException e) {
                if (e.status() != HTTP_NOT_FOUND) {
                    throw e;
                }
                states.merge("forgotten", 1, Integer::sum); // it ended too long ago
            }
        }
    }

    private JsonNode ended(String id)
            throws NotRunningException, InterruptedException, RefusedException {
        while (true) {
            try {
                return PushCommand.ended(client, id, pause);
            } catch (RefusedException e) {
                if (!LATER.contains(e.status())) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private void pause(RefusedException e) throws InterruptedException {
        Duration after = e.retryAfter();
        pause.last(after == null || after.isZero() ? PushCommand.A_MOMENT : after);
    }

    private static String message(RefusedException e) {
        return LogText.of(String.valueOf(e.getMessage()));
    }

    private void tell(String line) {
        err.println("ussd: " + line);
        err.flush();
    }
}
