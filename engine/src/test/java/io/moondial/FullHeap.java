package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A process with a small heap that takes dialogs, each of which holds a megabyte while it waits,
 * until the engine refuses one. Those that wait must all come to their end, and then there must be
 * room again.
 */
final class FullHeap {
    private static final int REFUSED = 34;
    private static final int MORE_THAN_FIT = 2_000;
    private static final String HOLDS_A_MEGABYTE =
            """
            local held = {}
            for i = 1, 16 do held[i] = string.rep("x", 65000 + i) end
            ussd.menu("Well?")
            return "fine " .. #held
            """;

    private FullHeap() {}

    public static void main(String[] args) throws Exception {
        try (LiveEngine live = LiveEngine.running(Path.of(args[0]), HOLDS_A_MEGABYTE)) {
            Map<Handset, Screen.Menu> waiting = new LinkedHashMap<>();
            fill(live, waiting);
            System.out.println("held " + waiting.size());
            for (var dialog : waiting.entrySet()) {
                dialog.getKey().answer(dialog.getValue(), "1");
                assertThat(live.next(dialog.getKey())).isEqualTo(new Screen.Respond("fine 16"));
            }
            await().atMost(LiveEngine.PATIENCE)
                    .until(() -> live.next(live.dial("*1#")) instanceof Screen.Menu);
            System.out.println("refused " + live.counted("dialogs.refused.heap_full"));
        }
    }

    private static void fill(LiveEngine live, Map<Handset, Screen.Menu> waiting) {
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            Handset handset = live.dial("*1#");
            switch (live.next(handset)) {
                case Screen.Menu menu -> waiting.put(handset, menu);
                case Screen.Decline(int code) when code == REFUSED -> {
                    return;
                }
                case Screen other -> throw new AssertionError("instead of a refusal: " + other);
            }
        }
        throw new AssertionError("nothing was refused");
    }
}
