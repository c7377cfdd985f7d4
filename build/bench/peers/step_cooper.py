"""Cooper: the augmented Lagrangian with a multiplier for each row and output, fused Adam for the weights. Cooper adds up
what constraints contribute and we take their mean, so its coefficient is ours divided by their number."""

import cooper
import torch
from cooper.formulations import AugmentedLagrangian
from cooper.multipliers import IndexedMultiplier
from cooper.optim import SimultaneousOptimizer
from cooper.penalty_coefficients import DensePenaltyCoefficient

from measure import batch, coefficient, rows, sizes
from network_torch import device, parameters, predict, run, x, y

outputs = sizes[-1]
share = coefficient / (batch * outputs)
columns = torch.arange(outputs, device=device)


class Positive(cooper.ConstrainedMinimizationProblem):
    def __init__(self):
        super().__init__()
        self.constraint = cooper.Constraint(
            constraint_type=cooper.ConstraintType.INEQUALITY,
            formulation_type=AugmentedLagrangian,
            multiplier=IndexedMultiplier(num_constraints=rows * outputs, device=device),
            penalty_coefficient=DensePenaltyCoefficient(torch.tensor(share, device=device)),
        )

    def compute_cmp_state(self, numbers):
        prediction = predict(x[numbers])
        loss = torch.mean((prediction - y[numbers]) ** 2)
        places = (numbers[:, None] * outputs + columns).flatten()
        state = cooper.ConstraintState(violation=-prediction.flatten(), constraint_features=places)
        return cooper.CMPState(loss=loss, observed_constraints={self.constraint: state})


problem = Positive()
optimizer = SimultaneousOptimizer(
    cmp=problem,
    primal_optimizers=torch.optim.Adam(parameters, lr=1e-4, fused=True),
    dual_optimizers=torch.optim.SGD(problem.dual_parameters(), lr=share, maximize=True),
)


def step(numbers):
    rolled = optimizer.roll(compute_cmp_state_kwargs={"numbers": numbers})
    return rolled.primal_lagrangian_store.lagrangian.detach()


run(step, f"cooper {cooper.__version__}")
