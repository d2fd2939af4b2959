package io.moondial.dialog;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.DialogEvent.ScriptCall;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.Phase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The dialog refuses its primitives exactly where the modules say that they may not be called. */
class DeclaredPhasesTest {
    private static final List<ScriptCall> CALLS =
            List.of(
                    new DialogEvent.Menu("x", ScreenOptions.NONE),
                    new DialogEvent.Notify("x", ScreenOptions.NONE),
                    new DialogEvent.Respond("x", null),
                    new DialogEvent.Respond("x", null, true),
                    new DialogEvent.Decline(36),
                    new DialogEvent.Close(),
                    new DialogEvent.Abort());

    static Stream<ApiFunction> primitives() {
        // the screens of other modules are made of these
        return BuiltInModules.create().stream()
                .filter(module -> module.name().equals("ussd"))
                .flatMap(module -> module.functions().stream())
                .filter(function -> function.effect() == Effect.SCREEN);
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void a_primitive_is_refused_outside_its_phases(ApiFunction function) {
        for (Phase phase : Phase.values()) {
            DialogBench dialog =
                    switch (phase) {
                        case PROCESS, PROCESS_ENDED -> DialogBench.dialled("*100#");
                        case NOTIFY, NOTIFY_ENDED -> DialogBench.notified("news");
                        case PUSH, PUSH_ENDED -> DialogBench.pushed();
                    };
            switch (phase) {
                case PROCESS, NOTIFY, PUSH -> {}
                case PROCESS_ENDED, NOTIFY_ENDED, PUSH_ENDED -> dialog.on(new DialogEvent.Close());
            }
            dialog.settled = null;
            dialog.on(call(function.name()));

            assertThat(dialog.settled instanceof DialogAction.Refuse)
                    .as("%s is refused in phase %s", function.qualifiedName(), phase)
                    .isNotEqualTo(function.phases().contains(phase));
        }
    }

    private static ScriptCall call(String primitive) {
        return CALLS.stream()
                .filter(call -> call.primitive().equals(primitive))
                .findFirst()
                .orElseThrow();
    }
}
