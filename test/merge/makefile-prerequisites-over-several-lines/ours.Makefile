.PHONY: build test

IMAGE := orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build \
  lint \
  units \
  types
	npm ci
	npm test
	npm run lint
