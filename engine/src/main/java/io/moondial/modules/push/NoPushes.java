package io.moondial.modules.push;

import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.Pushes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Those of an engine that begins no dialogs: every order is refused. */
final class NoPushes implements Pushes {
    @Override
    public boolean isOn() {
        return false;
    }

    @Override
    public CompletableFuture<Submission> submit(PushOrder order) {
        return CompletableFuture.completedFuture(new Submission.Refused(Why.OFF, PushBackend.OFF));
    }

    @Override
    public CompletableFuture<Optional<PushReport>> find(String id) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletableFuture<Optional<PushReport>> cancel(String id) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletableFuture<Optional<PushReport>> ended(String id) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public List<PushReport> latest(int max) {
        return List.of();
    }

    @Override
    public Standing standing() {
        return new Standing(0, 0, 0, null);
    }

    @Override
    public void follow(Listener listener) {
        // nothing will happen
    }
}
