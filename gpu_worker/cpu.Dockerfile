# RunPod's REST API with CPU workers behind it, for docker-compose.yml: the local endpoint as a service.
# Build from the repository's root:  docker build -f gpu_worker/cpu.Dockerfile -t emojiforge-gpu-cpu .
FROM python:3.13-slim-bookworm

ENV PATH=/opt/worker/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    U2NET_HOME=/weights

COPY gpu_worker/requirements/cpu.txt /tmp/requirements.txt
RUN python3 -m venv /opt/worker \
    && pip install --no-cache-dir --requirement /tmp/requirements.txt \
    && useradd --create-home --uid 10001 worker \
    && install --directory --owner worker /weights

WORKDIR /app
COPY gpu/__init__.py gpu/contract.py gpu/
COPY gpu_worker/*.py gpu_worker/
COPY gpu_worker/process gpu_worker/process
COPY gpu_worker/weights gpu_worker/weights
COPY gpu_worker/services gpu_worker/services
COPY gpu_worker/emulator gpu_worker/emulator

USER 10001
VOLUME /weights
EXPOSE 8010
# The weights are fetched at the first start and stay in the volume.
CMD ["sh", "-c", "python3 -m gpu_worker.weights && exec python3 -m gpu_worker.local_endpoint --host 0.0.0.0 --port 8010"]
