/**
 * The Lua modules that are built into the engine, each in a package of its own: its functions with
 * their reference text, and what stands behind them.
 */
@NullMarked
package io.moondial.modules;

import org.jspecify.annotations.NullMarked;
