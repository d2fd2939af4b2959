package io.moondial.cli.serve;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens on a signal of the operating system, instead of what the JVM does: it would end on
 * SIGHUP, and ignore every signal that comes while it ends. A signal that the parent had ignored
 * (nohup does so with SIGHUP) stays ignored.
 *
 * <p>The JVM's own way to this is {@code sun.misc.Signal} of the module jdk.unsupported: reached by
 * reflection, for compilers warn of it and it may be missing.
 */
final class Signals implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private final Deque<Runnable> undo = new ArrayDeque<>();

    /**
     * From now on this is done on each such signal, on a thread of its own.
     *
     * @param name without SIG: TERM, INT, HUP
     */
    Signals on(String name, Runnable action) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            Object signal = signalClass.getConstructor(String.class).newInstance(name);
            InvocationHandler handle =
                    (proxy, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return method.invoke(action, arguments);
                        }
                        action.run();
                        return null;
                    };
            Object handler =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(), new Class<?>[] {handlerClass}, handle);
            var install = signalClass.getMethod("handle", signalClass, handlerClass);
            Object before = install.invoke(null, signal, handler);
            undo.push(
                    () -> {
                        try {
                            install.invoke(null, signal, before);
                        } catch (ReflectiveOperationException e) {
                            log.debug("the handler of SIG{} stays", name, e);
                        }
                    });
        } catch (ReflectiveOperationException e) {
            // such as java -Xrs, which leaves signals to the operating system
            log.warn("SIG{} is not handled: {}", name, e.getCause() == null ? e : e.getCause());
        }
        return this;
    }

    /** All is as it was before. */
    @Override
    public void close() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
