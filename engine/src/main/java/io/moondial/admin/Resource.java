package io.moondial.admin;

/** A part of the interface: a few routes that belong together, and what is behind them. */
public interface Resource {
    /** Declares its routes. */
    void declare(Routes routes);
}
