"""One step after another: D learns to tell real from fake, G learns to be believed."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ganview.errors import UserError
from ganview.gan import aux_classifier, ema, one_pass_gradients
from ganview.gan.adam import Adam
from ganview.gan.batches import Batch, BatchSampler
from ganview.gan.clusters import cluster_images
from ganview.gan.config import TrainConfig
from ganview.gan.ema import Net
from ganview.gan.model import Model, ModelSpec
from ganview.gan.networks import latent_partition
from ganview.gan.networks.build import build_discriminator, build_generator
from ganview.gan.networks.residual import ResidualDiscriminator
from ganview.gan.objectives import (
    OBJECTIVES,
    finite_difference_penalty,
    interpolated_penalty,
    zero_centred_penalty,
)
from ganview.gan.replicas import SINGLE_PROCESS, Replicas
from ganview.gan.schedule import Schedule
from ganview.gan.seeded import Seeded

CENTRE_RATE = 0.1  # share of the offset of D's logits that is taken back in a step


class StepStats(NamedTuple):
    """What one step showed.

    ``y_hat_real`` and ``y_hat_fake`` are D's mean belief, 0 to 1; the gradient norms are taken over
    all weights of a network; ``seconds`` is the wall time of the step.
    """

    step: int
    images_seen: int
    loss_d: float
    loss_g: float
    y_hat_real: float
    y_hat_fake: float
    grad_norm_d: float
    grad_norm_g: float
    seconds: float


def choose_device(name: str) -> torch.device:
    """Return the device of that name; ``auto`` prefers CUDA, then MPS, then the CPU.

    Raises
    ------
    UserError
        This machine, or this build of torch, has no such device.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    found = [device for device, is_there in there.items() if is_there]
    if name == "auto":
        return torch.device(found[0])
    if name not in found:
        raise UserError(f"There is no device '{name}' here, only {' and '.join(found)}.")
    return torch.device(name)


class Trainer:
    """A pair of networks, their optimisers, and the data that they learn from.

    Parameters
    ----------
    config : TrainConfig
        All settings.
    images : Tensor
        uint8 (N, C, H, W).
    labels : Tensor or None
        int64 (N,); needed if ``config.conditional``.
    class_names : tuple of str
        Names of the classes.
    replicas : Replicas
        This process among others that train the same model; alone by default.

    Raises
    ------
    UserError
        The batch cannot be shared evenly among the processes.
    """

    def __init__(
        self,
        config: TrainConfig,
        images: Tensor,
        labels: Tensor | None,
        class_names: tuple[str, ...] = (),
        replicas: Replicas = SINGLE_PROCESS,
    ) -> None:
        if config.batch_size % replicas.count:
            raise UserError(
                f"A batch of {config.batch_size} images cannot be shared evenly by "
                f"{replicas.count} processes: choose a multiple of {replicas.count}."
            )
        self.config = config
        self.schedule = Schedule(config)
        self.replicas = replicas
        self.objective = OBJECTIVES[config.objective]
        self.device = choose_device(config.device)
        self.images = images.to(self.device)
        self.labels = labels.to(self.device) if config.conditional and labels is not None else None
        self.clusters = None
        if self.labels is None and config.z_dim >= latent_partition.DIMENSIONS:
            self.clusters = cluster_images(images.cpu(), config.clusters, config.seed)
        clusters = 0 if self.clusters is None else len(self.clusters.counts)
        self.spec = spec_for(config, images, self.labels, class_names, clusters)
        pulls = max(config.aux_weight_g, config.aux_weight_g_end) > 0
        named = pulls and (self.spec.classes or self.spec.clusters) > 0
        with Seeded(config.seed):
            self.generator = self._to_device(build_generator(self.spec))
            self.discriminator = self._to_device(build_discriminator(self.spec))
            classifier = aux_classifier.build_classifier(self.discriminator) if named else None
        self.classifier = classifier.to(self.device) if classifier is not None else None
        # pairs are compared, so a bias common to all logits is not learned: see _beliefs
        self.discriminator.head.bias.requires_grad_(not self.objective.relativistic)
        self.batches = BatchSampler(config, self.images, self.labels, self.clusters, replicas)
        if self.clusters is not None and self.generator.gate is not None:
            self.generator.gate.calibrate(self.clusters.shares, self.batches.random)
        self.ema = ema.frozen_copy(self.generator)
        self.adams = {name: Adam(net) for name, net in self.trainable_nets().items()}
        self.step_count = 0
        self.images_seen = 0
        self.rate_scale = 1.0
        self.warm_started_from: dict[
            str, Any
        ] = {}  # of the weights that it began with, if not fresh ones

    def _to_device(self, net: Net) -> Net:
        # channels last: convolutions on a CPU run up to three times as fast
        placed: Net = net.to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return placed

    def draw(self) -> Batch:
        """Draw a batch from the trainer's own generator, so that a seed decides all of it."""
        return self.batches.draw(self.generator.gate)

    def _generate(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Let G draw of classes y; of a kind it draws what the noise itself asks for."""
        x_hat: Tensor = self.generator(z, y if self.clusters is None else None)
        return x_hat

    def step(self) -> StepStats:
        """Update D and G once each (D ``d_steps`` times) and the averaged generator."""
        began = time.perf_counter()
        discriminator = self.discriminator
        wants_slopes = self.objective.penalty == "r1r2" and self.config.d_steps == 1
        if wants_slopes and isinstance(discriminator, ResidualDiscriminator):
            numbers = self._step_together(discriminator)
        else:
            for _ in range(self.config.d_steps):
                of_d = self._step_d()
            of_g = self._step_g()
            numbers = torch.stack([of_d[0], of_g[0], *of_d[1:3], of_d[3], of_g[1]])
        self.step_count += 1
        self.images_seen += self.config.batch_size
        beta = ema.decay(self.config.batch_size, self.config.ema_half_life, self.images_seen)
        ema.update(self.ema, self.generator, beta)
        numbers = self.replicas.average(numbers)
        loss_d, loss_g, real, fake, norm_d, norm_g = numbers.tolist()  # the one wait for the device
        return StepStats(
            self.step_count,
            self.images_seen,
            loss_d,
            loss_g,
            real,
            fake,
            norm_d,
            norm_g,
            time.perf_counter() - began,
        )

    def _step_together(self, discriminator: ResidualDiscriminator) -> Tensor:
        """Update both from one look, for R1 + R2 in which ∇ₓD(fake) is known anyway.

        L_G depends on G only through the fakes, so ∂L_G/∂θ_G is ∂L_G/∂x̂ sent back through G, and
        ∂L_G/∂x̂ᵢ = (∂L_G/∂logitᵢ) · ∇ₓD(x̂ᵢ): the slope that R2 has computed already. G's own pass
        through D, forwards and back, is saved; G answers D as it was before this step.
        """
        x, y, z = self.draw()
        x_hat = self._generate(z, y)  # (B, C, H, W)
        both, count = torch.cat([x, x_hat.detach()]), len(x)
        labels = None if y is None else torch.cat([y, y])
        d_pass = one_pass_gradients.forward_with_input_grad(
            discriminator, both, labels, self.classifier
        )
        real, fake = (part.requires_grad_() for part in d_pass.logits.chunk(2))  # (B,), (B,)
        loss_d = self.objective.d_loss(real, fake)
        dloss_d_dlogit = torch.cat(torch.autograd.grad(loss_d, [real, fake]))  # ∂L_D/∂logit, (2B,)
        loss_g = self.objective.g_loss(real.detach(), fake)
        (dloss_g_dlogit,) = torch.autograd.grad(loss_g, fake)  # ∂L_G/∂logit, (B,)

        # γ/2 times the mean over reals and the mean over fakes
        one_pass_gradients.accumulate_d_grads(
            discriminator, d_pass, dloss_d_dlogit, self.schedule.gamma(self.images_seen) / count
        )
        answer = dloss_g_dlogit.view(-1, 1, 1, 1) * d_pass.slope[count:]  # ∂L_G/∂x̂
        if self.classifier is not None and d_pass.name_slopes is not None:
            weight = aux_classifier.WEIGHT_IN_D / count
            one_pass_gradients.accumulate_classifier_grads(self.classifier, d_pass, count, weight)
            answer += self._aux_weight_g() / count * d_pass.name_slopes.image[count:]
        self.generator.zero_grad(set_to_none=True)
        (x_hat * answer).sum().backward()  # x_hat.backward(answer) would import sympy first
        norms = self._update("discriminator"), self._update("generator")
        if self.classifier is not None:
            self._update("classifier")
        beliefs = self._beliefs(real, fake)
        return torch.stack([loss_d.detach(), loss_g.detach(), *beliefs, *norms])

    def _step_d(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x, y, z = self.draw()
        kind = self.objective.penalty
        with torch.no_grad():
            x_hat = self._generate(z, y)
        x.requires_grad_(kind in ("r1", "r1r2"))
        x_hat.requires_grad_(kind == "r1r2")
        h = self.discriminator.features(x)
        real, fake = self.discriminator.project(h, y), self.discriminator(x_hat, y)
        loss = self.objective.d_loss(real, fake)
        total = loss + self._penalty(x, x_hat, real, fake, y)
        self.discriminator.zero_grad(set_to_none=True)
        if self.classifier is not None and y is not None:
            self.classifier.zero_grad(set_to_none=True)
            total = (
                total
                + aux_classifier.WEIGHT_IN_D
                * aux_classifier.classify(self.classifier, h, y).cost.mean()
            )
        total.backward()
        size = self._update("discriminator")
        if self.classifier is not None:
            self._update("classifier")
        return loss.detach(), *self._beliefs(real, fake), size

    def _penalty(
        self, x: Tensor, x_hat: Tensor, real: Tensor, fake: Tensor, y: Tensor | None
    ) -> Tensor:
        gamma = self.schedule.gamma(self.images_seen)
        match self.objective.penalty:
            case "r1":
                return zero_centred_penalty(real, x, gamma)
            case "r1r2":
                return zero_centred_penalty(real, x, gamma) + zero_centred_penalty(
                    fake, x_hat, gamma
                )
            case "finite-difference":
                noise = [self.batches.noise(*self.spec.image_shape) for _ in range(2)]
                return finite_difference_penalty(
                    self.discriminator, real, x, y, noise[0], gamma
                ) + finite_difference_penalty(self.discriminator, fake, x_hat, y, noise[1], gamma)
            case "interpolated":
                mix = self.batches.uniform()
                return interpolated_penalty(self.discriminator, x, x_hat, y, mix, gamma)
        return torch.zeros((), device=self.device)

    def _step_g(self) -> tuple[Tensor, Tensor]:
        x, y, z = self.draw()
        h = self.discriminator.features(self._generate(z, y))
        real = fake = self.discriminator.project(h, y)
        if self.objective.relativistic:
            with torch.no_grad():
                real = self.discriminator(x, y)
        loss = total = self.objective.g_loss(real, fake)
        if self.classifier is not None and y is not None:
            total = (
                loss
                + self._aux_weight_g() * aux_classifier.classify(self.classifier, h, y).cost.mean()
            )
        self.generator.zero_grad(set_to_none=True)
        total.backward(inputs=list(self.generator.parameters()))  # D only passes it on
        size = self._update("generator")
        return loss.detach(), size

    def _aux_weight_g(self) -> float:
        return self.schedule.aux_weight_g(self.images_seen)

    def _update(self, name: str) -> Tensor:
        """Let a network take its step; returns the norm of the gradient that it took."""
        net = self.trainable_nets()[name]
        self.replicas.average_gradients(net)
        size = grad_norm(net)
        pace = 1.0 if net is self.generator else self.config.d_lr_ratio  # two time scales
        betas = self.config.beta1, self.schedule.beta2(self.images_seen)
        self.adams[name].step(pace * self.learning_rate(), betas)
        return size

    @torch.no_grad()
    def _beliefs(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean ŷ on real and on fake, with ½ midway where the objective leaves that open.

        A relativistic cost depends on differences of logits alone. Their common offset wanders, and
        sigmoid(logit) with it would mean nothing: it is taken from the logits here, and bit by bit
        from D's last bias, so that D alone says the same.
        """
        if self.objective.relativistic:
            middle = (real.mean() + fake.mean()) / 2
            real, fake = real - middle, fake - middle
            self.discriminator.head.bias.sub_(CENTRE_RATE * self.replicas.average(middle))
        return real.sigmoid().mean(), fake.sigmoid().mean()

    def learning_rate(self) -> float:
        """Return the learning rate of the step at hand."""
        return self.schedule.learning_rate(self.images_seen) * self.rate_scale

    def scale_learning_rate(self, factor: float) -> None:
        """Multiply the learning rate, now and for the rest of the run, after a divergence."""
        self.rate_scale *= factor

    def model(self) -> Model:
        """Return a copy of the averaged generator and of D, for use while training goes on."""
        info = {
            "step": self.step_count,
            "images_seen": self.images_seen,
            "seed": self.config.seed,
            "config": self.config.to_dict(),
        }
        if self.warm_started_from:
            info["warm_started_from"] = self.warm_started_from
        generator = ema.frozen_copy(self.ema).cpu()
        return Model(self.spec, generator, ema.frozen_copy(self.discriminator).cpu(), info)

    def trainable_nets(self) -> dict[str, nn.Module]:
        """Return the networks that learn, by name."""
        learners: dict[str, nn.Module] = {
            "generator": self.generator,
            "discriminator": self.discriminator,
        }
        return learners if self.classifier is None else {**learners, "classifier": self.classifier}

    def nets(self) -> dict[str, nn.Module]:
        """Return all networks, by name: those that learn and the averaged generator."""
        return {**self.trainable_nets(), "ema": self.ema}


def grad_norm(net: nn.Module) -> Tensor:
    """Return the Euclidean norm of all gradients of a network, a scalar tensor."""
    return nn.utils.get_total_norm([w.grad for w in net.parameters() if w.grad is not None])


def spec_for(
    config: TrainConfig,
    images: Tensor,
    labels: Tensor | None,
    class_names: tuple[str, ...],
    clusters: int,
) -> ModelSpec:
    """Return what networks for this data and these settings must fit."""
    channels, height, width = images.shape[1:]
    prior: tuple[float, ...] = ()
    if labels is not None:
        counts = torch.bincount(labels, minlength=len(class_names)).double()
        prior = tuple((counts / counts.sum()).tolist())
    return ModelSpec(
        architecture=config.architecture,
        size=config.size,
        z_dim=config.z_dim,
        image_shape=(int(channels), int(height), int(width)),
        class_names=class_names if labels is not None else (),
        class_prior=prior,
        clusters=clusters,
    )
