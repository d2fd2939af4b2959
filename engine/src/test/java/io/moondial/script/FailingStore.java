package io.moondial.script;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;

import io.moondial.modules.BuiltInModules;
import io.moondial.modules.menu.MenuModule;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store of one journal whose calls fail when a test says so. */
final class FailingStore {
    /** What comes of a call of the store. */
    enum Outcome {
        DONE,
        /** It is not made. */
        REFUSED,
        /** It is made, and its answer is lost. */
        LOST,
        TOO_LARGE
    }

    /** What its next calls come to; then all are done. */
    final Deque<Outcome> outcomes = new ArrayDeque<>();

    /** What stands there. A flow uses one key. */
    @Nullable Object stored;

    /** Of its next calls, some fail. */
    void fail(Random random) {
        outcomes.clear();
        for (int i = 0; i < 14; i++) {
            outcomes.add(
                    switch (random.nextInt(5)) {
                        case 0 -> Outcome.REFUSED;
                        case 1 -> Outcome.LOST;
                        default -> Outcome.DONE;
                    });
        }
    }

    /** All modules, of which {@code menu} keeps its journals here, and scripts call this as kv. */
    List<ApiModule> modules() {
        List<ApiModule> built = BuiltInModules.create();
        ApiModule ussd =
                built.stream().filter(it -> it.name().equals("ussd")).findFirst().orElseThrow();
        List<ApiModule> texts = built.stream().filter(it -> it.name().equals("t")).toList();
        ApiModule kv = module();
        return Stream.concat(
                        built.stream()
                                .filter(it -> !it.name().equals("kv") && !it.name().equals("menu")),
                        Stream.of(kv, MenuModule.create(ussd, kv, texts)))
                .toList();
    }

    private ApiModule module() {
        ApiModule.Builder module = ApiModule.of("kv", "A store.");
        add(module, "get", a -> Lua.values(stored));
        add(module, "set", a -> put(true, a.get(3)));
        add(module, "add", a -> put(stored == null, a.get(3)));
        add(module, "cas", a -> put(Objects.equals(a.get(3), stored), a.get(4)));
        add(module, "delete", a -> put(true, null));
        return module.build();
    }

    private @Nullable Object[] put(boolean fits, @Nullable Object value) {
        stored = fits ? value : stored;
        return Lua.values(fits);
    }

    private void add(ApiModule.Builder module, String name, Work body) {
        module.function(
                name,
                "Asks.",
                f -> {
                    ApiFunction.Builder asks = f.effect(Effect.CHANGE);
                    for (String parameter : List.of("bucket", "key", "one", "two", "three")) {
                        asks.mayTake(parameter, ANY, "");
                    }
                    return asks.does("", (a, _) -> outcome(a, body));
                });
    }

    /** The work of a function of the store. */
    private interface Work {
        @Nullable Object[] of(Arguments a);
    }

    private @Nullable Object[] outcome(Arguments a, Work body) {
        return switch (outcomes.isEmpty() ? Outcome.DONE : outcomes.remove()) {
            case DONE -> body.of(a);
            case REFUSED -> failed("unavailable");
            case TOO_LARGE -> failed("too_large");
            case LOST -> {
                var _ = body.of(a);
                yield failed("timeout");
            }
        };
    }

    private static @Nullable Object[] failed(String why) {
        return Lua.values(null, Lua.text(why), Lua.text("as the test says"));
    }
}
