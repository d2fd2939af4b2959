package io.moondial.script;

import io.moondial.dialog.PrimitiveResult;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * How long a flow takes to go back over 40 screens: from the answer that goes back to the screen
 * that it leads to. {@code FlowTimes [ROUNDS]}.
 */
public final class FlowTimes {
    private static final int SCREENS = 40;
    private static final int BACKS = 50;

    private static final String SCRIPT =
            """
            return menu.flow(function(request)
              local sum = 0
              for i = 1, 39 do
                local what = menu.choose{title = "Question " .. i .. " of 39, " .. sum, items = {{1, "One more"}, {2, "Two more"}, {3, "Three more"}}}
                sum = sum + what
              end
              local last = menu.ask{"The sum is " .. sum .. ". Go on?"}
              return "Done " .. last
            end, {back = "0"})
            """;

    private FlowTimes() {}

    /** Measures it in so many rounds, each in a dialog of its own. */
    public static void main(String[] arguments) throws IOException {
        int rounds = arguments.length == 0 ? 20 : Integer.parseInt(arguments[0]);
        Script script = BenchDialog.compile(SCRIPT);
        for (int round = 1; round <= rounds; round++) {
            long[] nanos = new long[BACKS];
            ScriptOutcome outcome = script.run(new BenchDialog(subscriber(nanos)).newRun());
            if (!(outcome instanceof ScriptOutcome.Returned returned)
                    || !"Done end".equals(returned.text())) {
                throw new IllegalStateException("the flow did not end: " + outcome);
            }
            Arrays.sort(nanos);
            System.out.printf(
                    Locale.ROOT,
                    "round %d: back over %d screens p50 %.0f us, p99 %.0f us%n",
                    round,
                    SCREENS - 1,
                    nanos[BACKS / 2] / 1e3,
                    nanos[BACKS * 99 / 100] / 1e3);
        }
    }

    /** Answers 39 questions, then goes back and answers the last of them again and again. */
    private static Supplier<PrimitiveResult> subscriber(long[] nanos) {
        return new Supplier<>() {
            private int screen;
            private int backs;
            private long pressed;

            @Override
            public PrimitiveResult get() {
                screen++;
                if (pressed != 0) {
                    nanos[backs++] = System.nanoTime() - pressed;
                    pressed = 0;
                    return new PrimitiveResult.Input("1");
                }
                if (screen < SCREENS) {
                    return new PrimitiveResult.Input("1");
                }
                if (backs < BACKS) {
                    pressed = System.nanoTime();
                    return new PrimitiveResult.Input("0");
                }
                return new PrimitiveResult.Input("end");
            }
        };
    }
}
