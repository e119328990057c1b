.PHONY: build test

IMAGE := registry.example.com/orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build lint
	npm ci
	npm test
	npm run lint
