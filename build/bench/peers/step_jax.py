"""JAX: `jit(lax.scan)` over the steps, optax's Adam, state donated, rows gathered by number."""

import jax
import jax.numpy as jnp
import optax

from measure import coefficient, inputs, measure, method, order, report, rows, sizes, steps, targets, weights

# On a card, the same precision as ours and PyTorch's; on a CPU this is the default.
jax.config.update("jax_default_matmul_precision", "highest")
optimizer = optax.adam(1e-4)


def predict(parameters, x):
    for kernel, bias in parameters[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = parameters[-1]
    return x @ kernel + bias


def objective(parameters, x, y, multipliers):
    prediction = predict(parameters, x)
    loss = jnp.mean((prediction - y) ** 2)
    if method == "penalty":
        loss += coefficient * jnp.mean(jax.nn.relu(-prediction) ** 2)
    if method == "augmented-lagrangian":
        pushed = jax.nn.relu(multipliers - coefficient * prediction)
        return loss + jnp.mean(pushed**2 - multipliers**2) / (2 * coefficient), pushed
    return loss, multipliers


def run(carry, x, y, numbers):
    def body(carry, numbers):
        parameters, state, multipliers = carry
        known = multipliers[numbers] if method == "augmented-lagrangian" else multipliers
        (loss, found), gradient = jax.value_and_grad(objective, has_aux=True)(parameters, x[numbers], y[numbers], known)
        updates, state = optimizer.update(gradient, state, parameters)
        if method == "augmented-lagrangian":
            multipliers = multipliers.at[numbers].set(found, unique_indices=True)
        return (optax.apply_updates(parameters, updates), state, multipliers), loss

    return jax.lax.scan(body, carry, numbers)


compiled = jax.jit(run, donate_argnums=0)
x, y = jnp.asarray(inputs), jnp.asarray(targets)
parameters = jax.tree.map(jnp.asarray, weights())
shape = (rows, sizes[-1]) if method == "augmented-lagrangian" else ()
carry = (parameters, optimizer.init(parameters), jnp.zeros(shape))
numbers = jnp.asarray(order(steps))


def work():
    global carry
    carry, losses = compiled(carry, x, y, numbers)
    losses.block_until_ready()


work()
report(measure(steps, work), f"jax {jax.__version__} {jax.default_backend()}")
