package io.moondial.admin;

import java.util.function.Supplier;

/** {@code /v1/status}: everything of the engine at this moment. */
public final class StatusResource implements Resource {
    private final Supplier<EngineStatus> now;

    public StatusResource(Supplier<EngineStatus> now) {
        this.now = now;
    }

    @Override
    public void declare(Routes routes) {
        routes.get(
                "/v1/status",
                Role.VIEWER,
                call -> {
                    call.allow();
                    return Answer.json(now.get().toJson(call.json()));
                });
    }
}
